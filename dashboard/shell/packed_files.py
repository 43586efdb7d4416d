"""Streamlit's own scripts and styles, sent packed: a first visit receives a third of the bytes.

Streamlit leaves them as they are, because packing them for every visitor anew costs more than it saves. So they are
packed once, at set-up: `python -m dashboard.shell.packed_files`. What has not been packed is sent as it is.
"""

import gzip
import mimetypes
from collections.abc import Mapping
from pathlib import Path

import brotli
from starlette.datastructures import Headers
from starlette.responses import FileResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.file_util import get_static_dir

PLACE = "/static/"
PACKED = Path(__file__).resolve().parents[2] / "node_modules" / ".packed"
SUFFIXES = {".js", ".css", ".json", ".svg"}
SMALLEST = 1024  # bytes: below it nothing is won
BROTLI_QUALITY = 9  # 10 takes seven times as long for 8 % less
FOR_A_YEAR = "public, immutable, max-age=31536000"  # their names change with their content
ENDINGS: Mapping[str, str] = {"br": ".br", "gzip": ".gz"}  # best first


class PackedFiles:
    """Answers with a packed file where there is one and the browser takes it."""

    def __init__(self, app: ASGIApp, folder: Path = PACKED) -> None:
        self.app = app
        self.packed = {
            f"{PLACE}{one.relative_to(folder).as_posix()}": one for one in folder.rglob("*") if one.is_file()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer(scope) if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None
        await (answer or self.app)(scope, receive, send)

    def _answer(self, scope: Scope) -> FileResponse | None:
        if not scope["path"].startswith(PLACE):
            return None
        accepted = encodings_accepted(Headers(scope=scope).get("accept-encoding", ""))
        for encoding, ending in ENDINGS.items():
            path = self.packed.get(scope["path"] + ending)
            if path is not None and encoding in accepted:
                kind, _ = mimetypes.guess_type(scope["path"])
                headers = {"Content-Encoding": encoding, "Vary": "Accept-Encoding", "Cache-Control": FOR_A_YEAR}
                return FileResponse(path, media_type=kind, headers=headers)
        return None


def encodings_accepted(header: str) -> set[str]:
    """Those that an Accept-Encoding header names and does not refuse with a weight of 0."""
    parts = (part.partition(";q=") for part in header.lower().replace(" ", "").split(","))
    return {name for name, _, weight in parts if not weight or weight.strip("0.")}


def pack(source: Path, folder: Path) -> int:
    """Packs the files of `source` that are text into `folder`, once for each encoding; how many were."""
    files = [one for one in source.rglob("*") if one.suffix in SUFFIXES and one.stat().st_size >= SMALLEST]
    for one in files:
        target, content = folder / one.relative_to(source), one.read_bytes()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.with_name(f"{one.name}.br").write_bytes(brotli.compress(content, quality=BROTLI_QUALITY))
        target.with_name(f"{one.name}.gz").write_bytes(gzip.compress(content, mtime=0))
    return len(files)


if __name__ == "__main__":
    print(f"{pack(Path(get_static_dir()) / 'static', PACKED)} scripts and styles packed")
