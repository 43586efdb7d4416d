"""A small demonstration district, laid once a test session by the commands an administrator would use."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from geo.point_index import MOST_FAR_A_TILE

ROOT = Path(__file__).resolve().parents[2]
ON = date(2026, 6, 30)
BUILDINGS = MOST_FAR_A_TILE * 2  # more than one tile may hold, so that the whole city is drawn as rings
SEED = 7
GRADED = """
    SELECT buildings.id, coalesce((
        SELECT ratings.grade FROM ratings JOIN rule_editions ON rule_editions.id = ratings.edition_id
        WHERE ratings.building_id = buildings.id AND rule_editions.rule_set = ? AND ratings.day <= ?
        ORDER BY ratings.day DESC, ratings.id DESC LIMIT 1
    ), 'unrated')
    FROM buildings
"""


@dataclass(frozen=True)
class Demonstration:
    """The folder that holds the database and everything made from it."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "district.sqlite"

    @property
    def environment(self) -> dict[str, str]:
        """What points the product at this folder; nothing of the person running the tests comes along."""
        return {"CREDIT_MAP_VAR": str(self.folder), "CREDIT_MAP_DATABASE": f"sqlite:///{self.file}"}

    def rows(self, question: str, *values: object) -> list[tuple]:
        """The answer to a question in SQL."""
        with closing(sqlite3.connect(self.file)) as connection, connection:
            return connection.execute(question, values).fetchall()

    def graded(self, rule_set: str) -> dict[int, str]:
        """Building id → the grade its latest rating gave it, "unrated" for none."""
        return dict(self.rows(GRADED, rule_set, ON.isoformat()))


def surroundings(more: dict[str, str]) -> dict[str, str]:
    """The environment of a process of ours: this one's, without settings of the map, and `more`."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("CREDIT_MAP_", "STREAMLIT_"))}
    return ours | more


@cache
def laid(folder: Path) -> Demonstration:
    """The district in `folder`, made ready for the map; a copy of the one in $DISTRICT_LAID_IN where that is set."""
    demonstration = Demonstration(folder)
    if ready := os.environ.get("DISTRICT_LAID_IN"):
        shutil.copytree(ready, folder, dirs_exist_ok=True)
        return demonstration
    _data(demonstration, "demo", "--buildings", str(BUILDINGS), "--seed", str(SEED), "--on", ON.isoformat())
    _data(demonstration, "prepare")
    return demonstration


def _data(demonstration: Demonstration, *arguments: str) -> None:
    command = [sys.executable, "-m", "data", *arguments]
    environment = surroundings(demonstration.environment)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
