"""The facts of the district as the scoring room takes them, without a database in between."""

import numpy as np
import pandas as pd

from data.city.answer_text import answer_table
from data.city.fact_tables import open_periods
from data.demo.district import District
from scoring.grading.facts import ChecklistAnswers, FactLog, OpenPeriods


def city_facts(drawn: District) -> FactLog:
    """The facts of the buildings, by their rows. The district must have been drawn with its facts."""
    facts = drawn.facts
    assert facts is not None
    inspections, drawn_events = facts.inspections, facts.events
    answers = answer_table(facts.answers.view(f"S{len(facts.items)}").ravel().astype("U"), len(facts.items))
    building, day = inspections["building"].to_numpy(), inspections["day"].to_numpy()
    inspector = pd.factorize(inspections["inspector"], sort=True)[0].astype(np.int32)
    checks = ChecklistAnswers(facts.items, building, day, answers, inspector)
    events = {kind: (of["building"].to_numpy(), of["day"].to_numpy()) for kind, of in drawn_events.groupby("kind")}
    hazards = facts.hazard_histories.hazards.rename(columns={"building": "building_id"})
    hazards = hazards.assign(id=np.arange(len(hazards)))
    steps = facts.hazard_histories.steps.rename(columns={"hazard": "hazard_id"})
    periods = OpenPeriods(**open_periods(hazards, steps, np.arange(len(drawn.buildings))))
    return FactLog(len(drawn.buildings), events, (checks,), periods)
