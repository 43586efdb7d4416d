"""Officers, their leave, and plans of visits with all they were made from."""

import sqlalchemy as sa
from alembic import op

from data.db.migrations import ID

revision = "14"
down_revision = "13"


def upgrade() -> None:
    _officers()
    _plans()
    op.create_table(
        "plan_stops",
        *_of_plan(),
        sa.Column("officer_id", ID, sa.ForeignKey("officers.id"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("arrives", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(40), nullable=False),
        *_wanted(),
        sa.UniqueConstraint("plan_id", "officer_id", "day", "place"),
    )
    op.create_index("ix_plan_stops_officer", "plan_stops", ["officer_id", "day"])
    op.create_index("ix_plan_stops_building", "plan_stops", ["building_id", "day"])
    _few("plan_stops", "pinned_officer_id", "pinned_officer_id")
    op.create_table(
        "plan_left_out",
        *_of_plan(),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("takes", sa.JSON(), nullable=False),
        *_wanted(),
        sa.UniqueConstraint("plan_id", "problem", "number"),
    )
    op.create_index("ix_plan_left_out_building", "plan_left_out", ["building_id"])
    _few("plan_left_out", "pinned_officer_id", "pinned_officer_id")
    _overrides()


def _officers() -> None:
    op.create_table(
        "officers",
        sa.Column("id", ID, primary_key=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("area_id", ID, sa.ForeignKey("areas.id"), nullable=False),
        sa.Column("works_from", sa.Integer(), nullable=False),
        sa.Column("works_until", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.String(7), nullable=False),
        sa.Column("minutes_a_day", sa.Integer(), nullable=False),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id")),
        sa.Column("ended_on", sa.Date()),
        sa.Column("ended_as", sa.String(12)),
        sa.CheckConstraint("works_from < works_until", name="ck_officers_hours"),
        sa.UniqueConstraint("city_id", "code"),
    )
    op.create_index("ix_officers_area", "officers", ["area_id"])
    op.create_table(
        "officer_leave",
        sa.Column("id", ID, primary_key=True),
        sa.Column("officer_id", ID, sa.ForeignKey("officers.id"), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("corrects_id", ID, sa.ForeignKey("officer_leave.id")),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id")),
        sa.Column("void", sa.Boolean()),
        sa.CheckConstraint("first_day <= last_day", name="ck_officer_leave_days"),
    )
    op.create_index("ix_officer_leave_officer", "officer_leave", ["officer_id", "first_day"])
    _few("officer_leave", "corrects_id", "corrects_id", "ix_officer_leave_corrects")
    _few("officer_leave", "void", "officer_id")


def _plans() -> None:
    op.create_table(
        "plans",
        sa.Column("id", ID, primary_key=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("area_id", ID, sa.ForeignKey("areas.id"), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("edition_id", ID, sa.ForeignKey("rule_editions.id"), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("iterations", sa.Integer(), nullable=False),
        sa.Column("solver", sa.String(40), nullable=False),
        sa.Column("inputs_number", sa.Integer(), nullable=False),
        sa.Column("inputs_token", sa.String(16), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("replaces_id", ID, sa.ForeignKey("plans.id")),
    )
    op.create_index("ix_plans_area", "plans", ["area_id", "first_day"])
    op.create_index("ix_plans_city", "plans", ["city_id", "first_day"])
    op.create_index("ix_plans_replaces_id", "plans", ["replaces_id"])
    op.create_table(
        "plan_officers",
        *_of_plan(),
        sa.Column("problem", sa.String(48), nullable=False),
        sa.Column("officer_id", ID, sa.ForeignKey("officers.id"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("walked_s", sa.Integer(), nullable=False),
        sa.UniqueConstraint("plan_id", "officer_id", "day"),
    )
    op.create_index("ix_plan_officers_day", "plan_officers", ["officer_id", "day"])


def _overrides() -> None:
    op.create_table(
        "plan_overrides",
        *_of_plan(),
        sa.Column("stop_id", ID, sa.ForeignKey("plan_stops.id")),
        sa.Column("building_id", ID, sa.ForeignKey("buildings.id"), nullable=False),
        sa.Column("officer_id", ID, sa.ForeignKey("officers.id"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_plan_overrides_plan", "plan_overrides", ["plan_id", "building_id"])
    op.create_index("ix_plan_overrides_building", "plan_overrides", ["building_id"])
    op.create_index("ix_plan_overrides_officer", "plan_overrides", ["officer_id"])
    _few("plan_overrides", "stop_id", "stop_id")


def _of_plan() -> tuple[sa.Column, ...]:
    return (
        sa.Column("id", ID, primary_key=True),
        sa.Column("plan_id", ID, sa.ForeignKey("plans.id"), nullable=False),
    )


def _wanted() -> tuple[sa.Column, ...]:
    """What planned visits and those left out have in common."""
    return (
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(48), nullable=False),
        sa.Column("building_id", ID, sa.ForeignKey("buildings.id"), nullable=False),
        sa.Column("lon", sa.Double()),
        sa.Column("lat", sa.Double()),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date()),
        sa.Column("last_day", sa.Date()),
        sa.Column("earliest", sa.Date()),
        sa.Column("worth", sa.BigInteger(), nullable=False),
        sa.Column("daily_cost", sa.BigInteger(), nullable=False),
        sa.Column("pinned_officer_id", ID, sa.ForeignKey("officers.id")),
        sa.Column("pinned_day", sa.Date()),
        sa.Column("begins", sa.Integer()),
        sa.Column("announced_day", sa.Date()),
    )


def _few(table: str, column: str, by: str, name: str = "") -> None:
    """An index of the rows that have the column filled."""
    present = sa.text(f"{column} IS NOT NULL")
    op.create_index(name or f"ix_{table}_{column}", table, [by], sqlite_where=present, postgresql_where=present)
