"""Facts that were withdrawn, and buildings that ended or once had another code."""

import sqlalchemy as sa
from alembic import op

revision = "9"
down_revision = "7"


def upgrade() -> None:
    for table in ("inspections", "hazards", "events"):
        op.add_column(table, sa.Column("void", sa.Boolean()))
