"""Areas, projects and homes that ended."""

import sqlalchemy as sa
from alembic import op

revision = "12"
down_revision = "11"


def upgrade() -> None:
    for table in ("areas", "projects", "homes"):
        op.add_column(table, sa.Column("ended_on", sa.Date()))
        op.add_column(table, sa.Column("ended_as", sa.String(12)))
