"""What the map draws under areas and buildings: water, green, blocks, footprints, roads and rails."""

import sqlalchemy as sa
from alembic import op

from data.db.migrations import ID

revision = "13"
down_revision = "12"


def upgrade() -> None:
    op.create_table(
        "ground_features",
        sa.Column("id", ID, primary_key=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("road_class", sa.String(12)),
        sa.Column("name", sa.String(120)),
        sa.Column("name_en", sa.String(120)),
        sa.Column("geometry", sa.LargeBinary(), nullable=False),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id"), nullable=False),
    )
    op.create_index("ix_ground_features_kind", "ground_features", ["city_id", "kind", "import_id"])
