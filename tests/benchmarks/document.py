"""The part of a document that a run writes by itself, between two marks."""

from pathlib import Path


def write_part(document: Path, target: str, text: str) -> None:
    """Puts the text between the marks of a target of make; the words around it stay."""
    begin, end = (f"<!-- {edge}: written by make {target} -->" for edge in ("begin", "end"))
    before, rest = document.read_text(encoding="utf-8").split(begin)
    _, after = rest.split(end)
    document.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")
