"""What a row names and the city does not have, or has twice."""

from data.importing.checking.codes import StoredCodes
from data.importing.checking.row_errors import RowError
from scoring.errors import Sentence


def ambiguous(text: str, candidates: set[str]) -> RowError:
    return RowError(
        "building_ambiguous",
        "'{text}' could be any of the buildings {codes}; say which by its code.",
        text=text,
        codes=tuple(sorted(candidates)),
    )


def not_there(stored: StoredCodes, said: str) -> RowError:
    other = stored.by_letters.get(said.casefold()) if said else None
    if other is not None:
        return RowError(
            f"{stored.table}_unknown",
            "There is no {table} '{said}', but '{other}' differs from it in its capitals alone; write both alike.",
            table=Sentence(stored.table),
            said=said,
            other=other,
        )
    return RowError(
        f"{stored.table}_unknown",
        "There is no {table} '{said}' yet; correct it, or import the {table}s first.",
        table=Sentence(stored.table),
        said=said,
    )


def not_wider(parent: str, level: str) -> RowError:
    return RowError(
        "parent_not_wider",
        "An area of level '{level}' cannot lie in one of level '{parent}'; name a wider level as 'parent' in the "
        "mapping.",
        level=level,
        parent=parent,
    )
