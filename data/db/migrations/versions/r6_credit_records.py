"""Credit records of public rental, and their steps."""

import sqlalchemy as sa
from alembic import op

from data.db.migrations import ID

revision = "6"
down_revision = "5"


def upgrade() -> None:
    op.create_table(
        "credit_records",
        sa.Column("id", ID, primary_key=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("project_id", ID, sa.ForeignKey("projects.id")),
        sa.Column("home_id", ID, sa.ForeignKey("homes.id")),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("source_key", sa.String(80)),
        sa.Column("corrects_id", ID, sa.ForeignKey("credit_records.id")),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id")),
        sa.CheckConstraint("(project_id IS NULL) <> (home_id IS NULL)", name="ck_credit_records_place"),
        sa.UniqueConstraint("city_id", "source_key"),
    )
    op.create_index("ix_credit_records_project", "credit_records", ["project_id"])
    op.create_index("ix_credit_records_home", "credit_records", ["home_id"])
    present = sa.text("corrects_id IS NOT NULL")
    op.create_index(
        "ix_credit_records_corrects",
        "credit_records",
        ["corrects_id"],
        sqlite_where=present,
        postgresql_where=present,
    )
    op.create_table(
        "credit_record_steps",
        sa.Column("id", ID, primary_key=True),
        sa.Column("record_id", ID, sa.ForeignKey("credit_records.id"), nullable=False),
        sa.Column("step", sa.String(12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id")),
    )
    op.create_index("ix_credit_record_steps_record", "credit_record_steps", ["record_id", "day"])
