"""A shapefile in a zip archive: its parts are written under names of ours, so that no path in it leads anywhere."""

import re
import tempfile
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd
import shapely

from data.importing.checking.object_arrays import not_null
from data.importing.errors import FileRefused
from data.importing.mapping.layout import Layout
from data.importing.reading.content import Content, ReadFrom
from data.importing.reading.encodings import decoded
from data.importing.reading.file_type import unpacked_chunks
from data.importing.reading.geometry_files import read_layer, refused
from data.importing.reading.shapes import in_degrees
from data.importing.text_encodings import encoding_named
from scoring.errors import Sentence

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
SIGNATURE = b"\x00\x00\x27\x0a"
NEEDED = (".shp", ".dbf")
BYTES = "ISO-8859-1"  # has GDAL give each byte as the character of that number, for us to decode
CODE_PAGES = {
    "65001": "utf-8",
    "54936": "gb18030",
    "936": "gb18030",
    "950": "big5",
    "932": "shift_jis",
    "949": "euc-kr",
}
CODE_PAGES |= {str(page): f"windows-{page}" for page in (874, *range(1250, 1259))}
DEFAULTS = ("windows-1252",)  # what programs write that do not know better

Parts = dict[str, dict[str, bytes]]  # layer → ending → bytes


def read_shapefile(name: str, data: bytes, layout: Layout) -> Content:
    """Attributes as texts, geometry in degrees, faults of broken geometry. Raises FileRefused."""
    parts = _parts(name, data)
    layers = tuple(sorted(layer for layer, there in parts.items() if ".shp" in there))
    layer = _chosen(name, layers, layout)
    there = parts[layer]
    lacking = [ending for ending in NEEDED if ending not in there]
    if lacking:
        raise FileRefused(
            "{name}: the shapefile '{layer}' lacks its part {part}; pack .shp, .shx, .dbf, .prj and .cpg together.",
            name=name,
            layer=layer,
            part=lacking[0],
        )
    if not there[".shp"].startswith(SIGNATURE):  # GDAL would open whatever else it is
        raise FileRefused("{name}: the shapefile '{layer}' is damaged; export it again.", name=name, layer=layer)
    with tempfile.TemporaryDirectory() as folder:
        for ending in (".shp", ".shx", ".dbf"):
            if ending in there:
                Path(folder, f"file{ending}").write_bytes(there[ending])
        path = Path(folder, "file.shp")
        with refused(name, Sentence("shapefile"), path):
            frame, shapes, faults, _ = read_layer(str(path), "file", encoding=BYTES)
    frame = _decoded(name, frame, there.get(".cpg", b""), layout)
    crs = there.get(".prj", b"").decode("utf-8", errors="replace").strip("\ufeff\0 \r\n") or None
    notes = _without_crs(name, shapes) if crs is None else ()
    return Content(frame, in_degrees(name, shapes, crs), faults, notes, ReadFrom(layer, layers, is_text=True))


def _parts(name: str, data: bytes) -> Parts:
    parts: dict[str, dict[str, list[bytes]]] = {}
    for member, chunk in unpacked_chunks(name, data):
        path = PurePosixPath(member.replace("\\", "/"))
        if path.suffix.lower() in PARTS and not path.name.startswith("._") and "__MACOSX" not in path.parts:
            parts.setdefault(path.stem, {}).setdefault(path.suffix.lower(), []).append(chunk)
    return {layer: {ending: b"".join(kept) for ending, kept in there.items()} for layer, there in parts.items()}


def _chosen(name: str, layers: tuple[str, ...], layout: Layout) -> str:
    if layout.layer:
        if layout.layer not in layers:
            raise FileRefused(
                "{name}: there is no layer '{wanted}'; correct 'layer' in the mapping.", name=name, wanted=layout.layer
            )
        return layout.layer
    if not layers:
        raise FileRefused("{name}: there is no layer; export the file again.", name=name)
    if len(layers) > 1 and not layout.looking:
        raise FileRefused(
            "{name}: there are {count} layers, not one ({layers}); name one with 'layer' in the mapping.",
            name=name,
            count=len(layers),
            layers=layers,
        )
    return layers[0]


def _decoded(name: str, frame: pd.DataFrame, cpg: bytes, layout: Layout) -> pd.DataFrame:
    """Headings and texts from their bytes, by what the mapping says, else the .cpg, else what they are."""
    texts = {str(column) for column in frame.columns} | {
        text for column in frame.columns for text in frame[column].unique() if not text.isascii()
    }
    beyond = [text for text in sorted(texts) if not text.isascii()]
    if not beyond:
        return frame
    stated = layout.encoding or _stated(cpg)
    whole = decoded(name, "\n".join(beyond).encode("latin-1"), stated)
    meant = dict(zip(beyond, whole.split("\n"), strict=True))
    return frame.map(lambda text: meant.get(text, text)).rename(columns=lambda text: meant.get(text, text))


def _stated(cpg: bytes) -> str | None:
    """The encoding a .cpg names; None where it names none, or one that is written when nothing is known."""
    said = cpg.decode("ascii", errors="replace").strip("\ufeff\0 \r\n")
    number = re.search(r"\d+$", said)
    page = CODE_PAGES.get(number.group().lstrip("0")) if number else None
    encoding = encoding_named(said) or page
    return None if encoding in DEFAULTS else encoding


def _without_crs(name: str, shapes: np.ndarray) -> tuple[Sentence, ...]:
    """What is said of a file without .prj: coordinates that could be degrees are taken for them. Raises FileRefused."""
    present = shapes[not_null(shapes)]
    west, south, east, north = shapely.total_bounds(present) if len(present) else (0, 0, 0, 0)
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise FileRefused(
            "{name}: the coordinates are no degrees and no .prj says what they are; add it, or save it in WGS 84.",
            name=name,
        )
    return (Sentence("There is no .prj: the coordinates are taken for degrees in the datum the mapping names."),)
