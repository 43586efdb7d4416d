"""All that must be known of a kind of file before its table is read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """All that must be known of a kind of file to read its table. mapping, mapping_file: for the sentences.

    None: not said, so that the file decides as far as it can. looking: a person looks what the file holds, so that of
    several sheets, layers, delimiters and headings the likeliest is shown. alternatives: of each of these columns at
    least one must be there.
    """

    mapping: str
    mapping_file: str
    formats: tuple[str, ...]
    columns: tuple[str, ...]
    sheet: str | None = None
    layer: str | None = None
    delimiter: str | None = None
    heading_row: int | None = None
    encoding: str | None = None
    looking: bool = False
    alternatives: tuple[tuple[str, ...], ...] = ()

    def names(self) -> tuple[str, ...]:
        """Every column it may read."""
        return (*self.columns, *(column for group in self.alternatives for column in group))
