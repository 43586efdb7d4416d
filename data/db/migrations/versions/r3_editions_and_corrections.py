"""Published editions, drafts and expected buildings of an area; grades corrected by facts that arrived late."""

import sqlalchemy as sa
from alembic import op

from data.db.migrations import ID, create_missing

revision = "3"
down_revision = "2"


def upgrade() -> None:
    create_missing(
        "published_editions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("rule_set", sa.String(40), nullable=False),
        sa.Column("in_force", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("published_by", sa.String(80), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_published_editions_city", "published_editions", ["city_id"], if_not_exists=True)
    create_missing(
        "rating_runs",
        sa.Column("id", ID, primary_key=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("rule_set", sa.String(40), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("corrected", sa.Integer(), nullable=False),
    )
    op.create_index("ix_rating_runs_city", "rating_runs", ["city_id", "rule_set"], if_not_exists=True)
    create_missing(
        "rule_drafts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("rule_set", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kept_by", sa.String(80), nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_rule_drafts_city", "rule_drafts", ["city_id"], if_not_exists=True)
    create_missing(
        "area_expectations",
        sa.Column("id", ID, primary_key=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("area_id", ID, sa.ForeignKey("areas.id"), nullable=False),
        sa.Column("buildings", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(120), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id"), nullable=False),
        sa.UniqueConstraint("area_id", "day"),
    )
    create_missing(
        "rating_corrections",
        sa.Column("id", ID, primary_key=True),
        sa.Column("building_id", ID, sa.ForeignKey("buildings.id"), nullable=False),
        sa.Column("rating_id", ID, sa.ForeignKey("ratings.id"), nullable=False, unique=True),
        sa.Column("run_id", ID, sa.ForeignKey("rating_runs.id"), nullable=False),
        sa.Column("before", sa.String(20)),
    )
    op.create_index("ix_rating_corrections_building_id", "rating_corrections", ["building_id"], if_not_exists=True)
    op.create_index("ix_rating_corrections_run_id", "rating_corrections", ["run_id"], if_not_exists=True)
