"""The demonstration district that everything is measured on, kept in var/bench between runs, or where
CREDIT_MAP_BENCH says.

`settle` must run before anything of `data` is imported: the folders are read from the environment once.
"""

import hashlib
import os
import shutil
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILDINGS = int(os.environ.get("CREDIT_MAP_BENCH_BUILDINGS", 175_700))  # fewer while the bench itself is worked on
LAST_DAY = date(2026, 6, 30)  # fixed, so that every run measures the same district
KEPT = Path(os.environ.get("CREDIT_MAP_BENCH") or ROOT / "var" / "bench").resolve()
VAR = KEPT / f"district-{BUILDINGS}"
DATABASE = VAR / "credit-map.sqlite"


def settle() -> None:
    """Turns this process and its children to the kept district, away from anyone's own data."""
    VAR.mkdir(parents=True, exist_ok=True)
    os.environ |= {"CREDIT_MAP_VAR": str(VAR), "CREDIT_MAP_DATABASE": f"sqlite:///{DATABASE}"}
    for name in ("CREDIT_MAP_TILES", "CREDIT_MAP_TILES_DATUM", "CREDIT_MAP_TILES_CREDIT"):
        os.environ.pop(name, None)


def cleared() -> None:
    """Removes the kept district, so that the next one is loaded into a fresh file."""
    shutil.rmtree(VAR, ignore_errors=True)
    VAR.mkdir(parents=True)


def ready() -> Path:
    """The file that stands there once the district is loaded and prepared by the code as it is now."""
    code = sorted(path for room in ("data", "scoring", "geo") for path in (ROOT / room).rglob("*"))
    content = b"".join(path.read_bytes() for path in code if path.suffix in (".py", ".toml"))
    return VAR / f"ready-{LAST_DAY}-{hashlib.sha256(content).hexdigest()[:12]}"


def kept() -> None:
    """Lays and prepares the district unless the code as it is now has done so before."""
    if not ready().exists():
        from tests.benchmarks import district  # measuring it is laying it

        district.figures()
