"""The kept district ten times over, side by side: the same facts, ten times the buildings."""

from dataclasses import fields

import numpy as np

from scoring.facts import Checks, Ledger, Spells

TIMES = 10


def tenfold(known: Ledger) -> Ledger:
    """Ten copies of every building, each with facts of its own."""

    def copied(building: np.ndarray) -> np.ndarray:
        return np.concatenate([building + copy * known.buildings for copy in range(TIMES)])

    def again(values: np.ndarray | None) -> np.ndarray | None:
        return None if values is None else np.concatenate([values] * TIMES)

    spells = {one.name: again(getattr(known.spells, one.name)) for one in fields(Spells)}
    return Ledger(
        buildings=known.buildings * TIMES,
        events={kind: (copied(building), again(day)) for kind, (building, day) in known.events.items()},
        checks=tuple(
            Checks(one.items, copied(one.building), again(one.day), again(one.answers), again(one.inspector))
            for one in known.checks
        ),
        spells=Spells(**spells | {"building": copied(known.spells.building)}),
    )
