"""Facts that were withdrawn, and buildings that ended or once had another code."""

import sqlalchemy as sa
from alembic import op

revision = "9"
down_revision = "8"


def upgrade() -> None:
    for table in ("inspections", "hazards", "events"):
        op.add_column(table, sa.Column("void", sa.Boolean()))
        _index_few(table, "void")
    op.add_column("buildings", sa.Column("ended_on", sa.Date()))
    op.add_column("buildings", sa.Column("ended_as", sa.String(12)))
    op.add_column("buildings", sa.Column("formerly", sa.JSON()))
    _index_few("buildings", "formerly")


def _index_few(table: str, column: str) -> None:
    """Of the rows that have the column filled."""
    few = sa.text(f"{column} IS NOT NULL")
    op.create_index(f"ix_{table}_{column}", table, ["city_id"], sqlite_where=few, postgresql_where=few)
