"""Answers of more than a digit, and to more than 80 items, stand in the column of the answers; what is in it stays."""

import sqlalchemy as sa
from alembic import op

revision = "11"
down_revision = "10"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite does not hold anyone to the length of a column
        op.alter_column("inspections", "answers", type_=sa.Text(), existing_type=sa.String(80))
