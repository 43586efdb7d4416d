"""The change log; up to which of its numbers a run of ratings had seen the facts; facts without an import."""

from datetime import UTC, datetime
from secrets import token_hex

import sqlalchemy as sa
from alembic import op

from data.db.migrations import ID, drop_not_null

revision = "4"
down_revision = "3"
FACTS = ("events", "inspections", "hazards", "hazard_steps", "home_states")


def upgrade() -> None:
    changes = op.create_table(
        "changes",
        sa.Column("id", ID, primary_key=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("whole_city", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("city_id", "number"),
    )
    op.create_table(
        "changed_buildings",
        sa.Column("id", ID, primary_key=True),
        sa.Column("change_id", ID, sa.ForeignKey("changes.id", ondelete="CASCADE"), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("change_id", "building_id"),
    )
    op.add_column("rating_runs", sa.Column("seen_until", sa.Integer()))
    cities = op.get_bind().execute(sa.text("SELECT id FROM cities ORDER BY id")).scalars().all()
    first = {"number": 1, "kind": "import", "whole_city": True, "at": datetime.now(UTC).replace(tzinfo=None)}
    if cities:
        op.bulk_insert(changes, [{"city_id": city, "token": token_hex(8)} | first for city in cities])
    op.create_table(
        "record_keys",
        sa.Column("id", ID, primary_key=True),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("row_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_record_keys_city", "record_keys", ["city_id"])
    for table in FACTS:
        drop_not_null(table, "import_id")
