"""The Content-Security-Policy: what a page may load, run and ask, as strict as its parts allow.

Pages: scripts come from this address alone, and the one that stands in Streamlit's own index.html is known by its
hash. Its protobuf reckons with long numbers in WebAssembly, which may be compiled, while no text is evaluated. Styles
may stand in the page, because Streamlit's look is made in the browser; fonts and small pictures come with it as data:,
what is handed over for saving or drawn apart as blob:.

The map's frame: streamlit-folium writes the map's script into the frame and evaluates what changes. That needs
'unsafe-inline' and 'unsafe-eval' in there, and nowhere else. It gets no text of the data as HTML, see map/assets.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import streamlit

from dashboard.view.basemap import basemap

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
FRAMES = "/component/"
SELF = ("'self'",)
EVERYWHERE: Mapping[str, tuple[str, ...]] = {
    "default-src": SELF,
    "base-uri": SELF,
    "form-action": SELF,
    "frame-ancestors": SELF,  # the map is a frame of the page
    "object-src": ("'none'",),
    "style-src": ("'self'", "'unsafe-inline'"),
    "img-src": ("'self'", "data:", "blob:"),
    "font-src": ("'self'", "data:"),
    "worker-src": ("'self'", "blob:"),
}


def policy_for(path: str) -> str:
    """The policy of what is answered at a path."""
    if path.startswith(FRAMES):
        return _policy_of_frame(basemap().url)
    return _policy_of_page()


@lru_cache(maxsize=1)
def _policy_of_page() -> str:
    known = _hashes(INDEX.read_text(encoding="utf-8"))
    return _written({"script-src": ("'self'", "'wasm-unsafe-eval'", *known)})


@lru_cache(maxsize=8)
def _policy_of_frame(tiles: str | None) -> str:
    images = (*EVERYWHERE["img-src"], *([_origin(tiles)] if tiles else []))
    return _written({"script-src": ("'self'", "'unsafe-inline'", "'unsafe-eval'"), "img-src": images})


def _written(more: Mapping[str, Iterable[str]]) -> str:
    directives = {**EVERYWHERE, **more}
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def _hashes(html: str) -> tuple[str, ...]:
    """The scripts that stand in a page, each as the browser knows it."""
    digests = (hashlib.sha256(script.encode()).digest() for script in INLINE_SCRIPT.findall(html))
    return tuple(f"'sha256-{b64encode(digest).decode()}'" for digest in digests)


def _origin(tiles: str) -> str:
    """Where a tile service's pictures come from: "https://{s}.tiles.example/{z}" is any host below tiles.example."""
    parts = urlsplit(tiles.replace("{s}", "*"))
    return f"{parts.scheme}://{parts.netloc}"
