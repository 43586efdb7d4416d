"""The machine and the versions that figures were measured with; no paths, no names."""

import os
import platform
import shutil
import subprocess
from importlib.metadata import version

import psutil

LIBRARIES = ("numpy", "pandas", "SQLAlchemy", "streamlit", "streamlit-folium", "folium", "pydeck", "playwright")


def described() -> str:
    memory = psutil.virtual_memory().total / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{psutil.cpu_count()} cores ({_processor()}), {memory:.0f} GB of memory, {platform.system()}, "
        f"Python {platform.python_version()}, {libraries}, {_browser()}. "
        f"The machine's load as the run began: {os.getloadavg()[0]:.1f}."
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def _browser() -> str:
    chromium = shutil.which("chromium")
    if chromium is None:
        return "no Chromium"
    said = subprocess.run([chromium, "--version"], capture_output=True, text=True, timeout=30).stdout
    return " ".join(said.split()[:2]) or "Chromium"
