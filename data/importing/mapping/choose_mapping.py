"""Which mapping reads which file: a path, a name among data/mappings, or the beginning of several names."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path

from data.importing.errors import NoSuchMapping
from data.importing.mapping.parser import mapping_of, read_mapping
from data.importing.mapping.schema import SourceMapping
from scoring.errors import Sentence

MAPPINGS = Path(__file__).resolve().parents[2] / "mappings"
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
    return [read_mapping(paths[key]) if key in paths else mapping_of(key, saved[key]) for key in chosen]


def every_mapping(folder: Path = MAPPINGS, saved: Mapping[str, str] = NONE) -> list[SourceMapping]:
    """The packaged mappings and those kept in the database, each by its name."""
    packaged = {path.stem: read_mapping(path) for path in sorted(folder.glob("*.toml"))}
    others = {name: mapping_of(name, text) for name, text in saved.items() if name not in packaged}
    return [*packaged.values(), *others.values()]


def allotted(mappings: Sequence[SourceMapping], files: Sequence[Path]) -> list[tuple[SourceMapping, Path]]:
    """Each file with its mapping: areas first, then buildings, then what looks buildings up; else as given.

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
