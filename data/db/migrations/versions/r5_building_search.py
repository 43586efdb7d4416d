"""The index by which buildings are searched."""

from alembic import op

from data.db.building_search import REBUILD, STATEMENTS

revision = "5"
down_revision = "4"


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        for statement in (*STATEMENTS, REBUILD):
            op.execute(statement)
