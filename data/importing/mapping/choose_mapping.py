"""Which mapping reads which file: a path, a name among data/mappings, or the beginning of several names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from data.importing.errors import NoSuchMapping
from data.importing.mapping.fields import TARGETS
from data.importing.mapping.parser import mapping_of, read_mapping
from data.importing.mapping.schema import SourceMapping
from scoring.errors import Sentence

MAPPINGS = Path(__file__).resolve().parents[2] / "mappings"
ANY_FILE = "*"  # of mappings matched on the screen
NONE: Mapping[str, str] = {}


def mappings_named(name: str, folder: Path = MAPPINGS, saved: Mapping[str, str] = NONE) -> list[SourceMapping]:
    """The mapping of that path or name, or all whose names begin so. Raises NoSuchMapping, WrongMapping.

    saved: those stored in the database, name → text; a file of the same name goes before.
    """
    if name.endswith(".toml"):
        if not Path(name).is_file():
            raise NoSuchMapping("There is no mapping file {name}; correct the path.", name=name)
        return [read_mapping(Path(name))]
    paths = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    names = list(dict.fromkeys((*paths, *saved)))
    exact = [candidate for candidate in names if candidate == name]
    chosen = exact or [candidate for candidate in names if name and candidate.startswith(name)]
    if not chosen:
        known = tuple(names) or Sentence("none yet")
        raise NoSuchMapping(
            "There is no mapping '{name}'; there are {known}. Or name the path of a .toml file.", name=name, known=known
        )
    screen_made = _saved(saved) if any(key not in paths for key in chosen) else {}
    return [read_mapping(paths[key]) if key in paths else screen_made[key] for key in chosen]


def every_mapping(folder: Path = MAPPINGS, saved: Mapping[str, str] = NONE) -> list[SourceMapping]:
    """The packaged mappings and those kept in the database, each by its name."""
    packaged = {path.stem: read_mapping(path) for path in sorted(folder.glob("*.toml"))}
    others = [mapping for name, mapping in _saved(saved).items() if name not in packaged]
    return [*packaged.values(), *others]


def _saved(saved: Mapping[str, str]) -> dict[str, SourceMapping]:
    """The mappings kept in the database. Those matched on the screen before they had a source share one now."""
    mappings = {name: mapping_of(name, text) for name, text in saved.items()}
    return {name: _with_shared_source(mapping, mappings.values()) for name, mapping in mappings.items()}


def _with_shared_source(mapping: SourceMapping, others: Iterable[SourceMapping]) -> SourceMapping:
    target = _matched_target(mapping)
    if target is None or mapping.source != mapping.name:
        return mapping
    return replace(mapping, source=target, formerly=earlier_sources(others, mapping.city, target))


def earlier_sources(mappings: Iterable[SourceMapping], city: str, target: str) -> tuple[str, ...]:
    """Under which sources facts that were matched on the screen may be kept, beside that of their table.

    Each such mapping was once a source of its own, named for the file it was made with.
    """
    alike = [one for one in mappings if one.city == city and _matched_target(one) == target]
    return tuple(dict.fromkeys(name for one in alike for name in (one.name, *one.sources) if name != target))


def _matched_target(mapping: SourceMapping) -> str | None:
    """The table of facts that a mapping matched on the screen fills."""
    facts = [block.target for block in mapping.blocks.values() if TARGETS[block.target].is_fact]
    return facts[0] if mapping.files == ANY_FILE and len(facts) == 1 else None


def allotted(mappings: Sequence[SourceMapping], files: Sequence[Path]) -> list[tuple[SourceMapping, Path]]:
    """Each file with its mapping in the order of `SourceMapping.rank`; of one rank as given.

    One mapping takes any file; of several, the one whose `files` fits the name. Raises NoSuchMapping.
    """
    pairs = [(_fitting(mappings, file), file) for file in files]
    return sorted(pairs, key=lambda pair: pair[0].rank)


def _fitting(mappings: Sequence[SourceMapping], file: Path) -> SourceMapping:
    if len(mappings) == 1:
        return mappings[0]
    fitting = [mapping for mapping in mappings if fnmatch(file.name, mapping.files)]
    if len(fitting) == 1:
        return fitting[0]
    patterns = tuple(f"{mapping.name} ({mapping.files})" for mapping in fitting or mappings)
    how = Sentence("more than one mapping fits") if fitting else Sentence("no mapping fits the name of")
    raise NoSuchMapping(
        "{name}: {how} this file: {patterns}. Name the one mapping to use, or rename the file.",
        name=file.name,
        how=how,
        patterns=patterns,
    )


def describing(city: str, folder: Path = MAPPINGS) -> str:
    """The name of the mapping in `folder` that describes a city, "" when there is none."""
    for path in sorted(folder.glob("*.toml")):
        mapping = read_mapping(path)
        if mapping.city_table and mapping.city == city:
            return mapping.name
    return ""
