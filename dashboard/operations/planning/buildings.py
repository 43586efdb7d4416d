"""The buildings of planned visits in the columns of a table."""

import numpy as np
import pandas as pd

from dashboard.cache import city_cache
from dashboard.studies.study_context import Study
from dashboard.view.labels import grade_names
from data.city import queries
from data.db.engine import reading


def building_columns(study: Study, rule_set: str, visits: pd.DataFrame) -> dict[str, list]:
    """Name and grade of the buildings that are visited."""
    ids = visits["building_id"].tolist()
    with reading(city_cache.database(), study.scope) as session:
        found = queries.building_rows(session, study.scope, study.context.city, ids)
    named = {one.id: one.name or one.address or one.code for one in found}
    names = list(grade_names(study.context, rule_set, study.t).values())
    grades = grades_of(study, rule_set, visits)
    return {
        study.t("list.building"): [named.get(one, "") for one in ids],
        study.t("planning.grade"): [names[grade] for grade in grades.tolist()],
    }


def grades_of(study: Study, rule_set: str, visits: pd.DataFrame) -> np.ndarray:
    """The grade of each visit's building on the last day that is known, int8, UNRATED -1."""
    context = study.context
    day = city_cache.snapshot(study.scope, study.code, context.version, context.options.last_day)
    return day.grades[rule_set][context.city_facts.rows_of(visits["building_id"].to_numpy(np.int64))]
