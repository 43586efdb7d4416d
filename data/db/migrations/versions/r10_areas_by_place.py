"""Which areas of a building follow from its place, so that they can follow an outline that moves."""

import sqlalchemy as sa
from alembic import op

revision = "10"
down_revision = "9"


def upgrade() -> None:
    for level in ("district", "street", "community", "grid"):
        op.add_column("buildings", sa.Column(f"{level}_by_place", sa.Boolean()))
