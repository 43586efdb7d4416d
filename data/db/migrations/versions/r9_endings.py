"""Facts that were withdrawn, and buildings that ended or once had another code."""

import sqlalchemy as sa
from alembic import op

revision = "9"
down_revision = "8"


def upgrade() -> None:
    for table in ("inspections", "hazards", "events"):
        op.add_column(table, sa.Column("void", sa.Boolean()))
    op.add_column("buildings", sa.Column("ended_on", sa.Date()))
    op.add_column("buildings", sa.Column("ended_as", sa.String(12)))
    op.add_column("buildings", sa.Column("formerly", sa.JSON()))
    few = sa.text("formerly IS NOT NULL")
    op.create_index("ix_buildings_formerly", "buildings", ["city_id"], sqlite_where=few, postgresql_where=few)
