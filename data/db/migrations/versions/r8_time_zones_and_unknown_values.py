"""Time zones of cities; what is not known of a home may stay empty; published scores with decimals."""

import sqlalchemy as sa
from alembic import op

from data.db.migrations import drop_not_null, widen_to_float

revision = "8"
down_revision = "7"


def upgrade() -> None:
    op.add_column("cities", sa.Column("time_zone", sa.String(40)))
    for column in ("rooms", "area_m2", "floor", "rent_yuan_month", "lift", "barrier_free"):
        drop_not_null("homes", column)
    widen_to_float("inspections", "published_score")
