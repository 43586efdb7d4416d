"""What a plan that was made again changes of the one before: what moved, what is new, what is not made any more."""

import pandas as pd

OF_CHANGES = ["building_id", "officer_before", "day_before", "officer", "day"]


def changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Visits with another officer or day than before, a row each: OF_CHANGES, None on the side where there is none.

    before, after: stops, with building_id, officer_id, officer, day.
    """
    both = _numbered(before).merge(_numbered(after), "outer", ["building_id", "turn"], suffixes=("_before", ""))
    same = (both["officer_id_before"] == both["officer_id"]) & (both["day_before"] == both["day"])
    changed = both.loc[~same, OF_CHANGES]
    changed = changed.astype(object).where(changed.notna(), None)
    return changed.sort_values("building_id", kind="stable").reset_index(drop=True)


def _numbered(stops: pd.DataFrame) -> pd.DataFrame:
    """Those of one building numbered, for a building may be visited by two."""
    columns = stops[["building_id", "officer_id", "officer", "day"]].sort_values(["building_id", "officer_id", "day"])
    return columns.assign(turn=columns.groupby("building_id").cumcount())
