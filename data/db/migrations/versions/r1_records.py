"""The records: cities, areas, buildings, visits, events, hazards, homes, ratings and the rule editions behind them."""

import sqlalchemy as sa
from alembic import op

from data.db.migrations import ID, create_missing

revision = "1"
down_revision = None
PRESENT = sa.text("corrects_id IS NOT NULL")


def upgrade() -> None:
    create_missing(
        "cities",
        sa.Column("id", ID, primary_key=True),
        sa.Column("code", sa.String(40), nullable=False, unique=True),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("bounds", sa.JSON(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("rule_sets", sa.JSON(), nullable=False),
        sa.Column("invented", sa.Boolean(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
    )
    create_missing(
        "rule_editions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("rule_set", sa.String(40), nullable=False),
        sa.Column("in_force", sa.Date(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.UniqueConstraint("rule_set", "in_force", "sha256"),
    )
    create_missing(
        "checklists",
        sa.Column("id", ID, primary_key=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.UniqueConstraint("city_id", "code"),
    )
    create_missing(
        "imports",
        sa.Column("id", ID, primary_key=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("mapping", sa.String(80), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
    )
    create_missing(
        "areas",
        sa.Column("id", ID, primary_key=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("level", sa.String(12), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("name_en", sa.String(120)),
        sa.Column("parent_id", ID, sa.ForeignKey("areas.id")),
        sa.Column("outline", sa.LargeBinary(), nullable=False),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id"), nullable=False),
        sa.UniqueConstraint("city_id", "level", "code"),
    )
    create_missing(
        "projects",
        sa.Column("id", ID, primary_key=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("operator", sa.String(120), nullable=False),
        sa.Column("address", sa.String(255), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id"), nullable=False),
        sa.UniqueConstraint("city_id", "code"),
    )
    create_missing(
        "rows_set_aside",
        sa.Column("id", ID, primary_key=True),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id"), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("row", sa.JSON(), nullable=False),
    )
    op.create_index("ix_rows_set_aside_import_id", "rows_set_aside", ["import_id"], if_not_exists=True)
    create_missing(
        "buildings",
        sa.Column("id", ID, primary_key=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(160), nullable=False),
        sa.Column("address", sa.String(255), nullable=False),
        sa.Column("lon", sa.Double()),
        sa.Column("lat", sa.Double()),
        sa.Column("key", sa.BigInteger()),
        sa.Column("off_map", sa.String(160)),
        sa.Column("district_id", ID, sa.ForeignKey("areas.id")),
        sa.Column("street_id", ID, sa.ForeignKey("areas.id")),
        sa.Column("community_id", ID, sa.ForeignKey("areas.id")),
        sa.Column("grid_id", ID, sa.ForeignKey("areas.id")),
        sa.Column("homes", sa.Integer()),
        sa.Column("floors", sa.Integer()),
        sa.Column("built", sa.Integer()),
        sa.Column("use", sa.String(40)),
        sa.Column("group_rental", sa.Boolean()),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id"), nullable=False),
        sa.UniqueConstraint("city_id", "code"),
    )
    op.create_index("ix_buildings_key", "buildings", ["city_id", "key"], if_not_exists=True)
    create_missing(
        "events",
        sa.Column("id", ID, primary_key=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("building_id", ID, sa.ForeignKey("buildings.id"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("source_key", sa.String(80)),
        sa.Column("corrects_id", ID, sa.ForeignKey("events.id")),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id"), nullable=False),
        sa.UniqueConstraint("city_id", "source_key"),
    )
    op.create_index("ix_events_building", "events", ["building_id", "day"], if_not_exists=True)
    op.create_index(
        "ix_events_corrects",
        "events",
        ["corrects_id"],
        if_not_exists=True,
        sqlite_where=PRESENT,
        postgresql_where=PRESENT,
    )
    create_missing(
        "homes",
        sa.Column("id", ID, primary_key=True),
        sa.Column("project_id", ID, sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("building_id", ID, sa.ForeignKey("buildings.id"), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=False),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False),
        sa.Column("rent_yuan_month", sa.Integer(), nullable=False),
        sa.Column("lift", sa.Boolean(), nullable=False),
        sa.Column("barrier_free", sa.Boolean(), nullable=False),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id"), nullable=False),
        sa.UniqueConstraint("project_id", "code"),
    )
    op.create_index("ix_homes_building", "homes", ["building_id"], if_not_exists=True)
    create_missing(
        "inspections",
        sa.Column("id", ID, primary_key=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("building_id", ID, sa.ForeignKey("buildings.id"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("checklist_id", ID, sa.ForeignKey("checklists.id")),
        sa.Column("answers", sa.String(80)),
        sa.Column("inspector", sa.String(20)),
        sa.Column("published_score", sa.Integer()),
        sa.Column("published_result", sa.String(80)),
        sa.Column("source_key", sa.String(80)),
        sa.Column("corrects_id", ID, sa.ForeignKey("inspections.id")),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id"), nullable=False),
        sa.UniqueConstraint("city_id", "source_key"),
    )
    op.create_index("ix_inspections_building", "inspections", ["building_id", "day"], if_not_exists=True)
    op.create_index(
        "ix_inspections_corrects",
        "inspections",
        ["corrects_id"],
        if_not_exists=True,
        sqlite_where=PRESENT,
        postgresql_where=PRESENT,
    )
    create_missing(
        "ratings",
        sa.Column("id", ID, primary_key=True),
        sa.Column("building_id", ID, sa.ForeignKey("buildings.id"), nullable=False),
        sa.Column("edition_id", ID, sa.ForeignKey("rule_editions.id"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("score", sa.Double()),
        sa.Column("grade", sa.String(20)),
    )
    op.create_index("ix_ratings_building", "ratings", ["building_id", "edition_id", "day"], if_not_exists=True)
    create_missing(
        "hazards",
        sa.Column("id", ID, primary_key=True),
        sa.Column("city_id", ID, sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("building_id", ID, sa.ForeignKey("buildings.id"), nullable=False),
        sa.Column("inspection_id", ID, sa.ForeignKey("inspections.id")),
        sa.Column("hazard_group", sa.String(20), nullable=False),
        sa.Column("category", sa.String(160), nullable=False),
        sa.Column("severity", sa.String(8), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("source_key", sa.String(80)),
        sa.Column("corrects_id", ID, sa.ForeignKey("hazards.id")),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id"), nullable=False),
        sa.UniqueConstraint("city_id", "source_key"),
    )
    op.create_index("ix_hazards_building", "hazards", ["building_id"], if_not_exists=True)
    op.create_index(
        "ix_hazards_corrects",
        "hazards",
        ["corrects_id"],
        if_not_exists=True,
        sqlite_where=PRESENT,
        postgresql_where=PRESENT,
    )
    op.create_index("ix_hazards_inspection", "hazards", ["inspection_id"], if_not_exists=True)
    create_missing(
        "home_states",
        sa.Column("id", ID, primary_key=True),
        sa.Column("home_id", ID, sa.ForeignKey("homes.id"), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id"), nullable=False),
    )
    op.create_index("ix_home_states_home", "home_states", ["home_id", "day"], if_not_exists=True)
    create_missing(
        "hazard_steps",
        sa.Column("id", ID, primary_key=True),
        sa.Column("hazard_id", ID, sa.ForeignKey("hazards.id"), nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("department", sa.String(40)),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id"), nullable=False),
    )
    op.create_index("ix_hazard_steps_hazard", "hazard_steps", ["hazard_id", "day"], if_not_exists=True)
