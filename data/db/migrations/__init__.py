"""How the tables changed, by Alembic: a file a revision in versions/, its number in data.db.schema_version.

Databases from before there were revisions have some or all of the tables of the first three, so these make what is
missing.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command, op
from alembic.config import Config

from data.db.schema_version import stored_revision

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade(engine: sa.Engine) -> None:
    """Runs the revisions that are missing, all of them or none. Raises DatabaseTooNew."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        stored_revision(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def create_missing(name: str, *columns: sa.schema.SchemaItem) -> bool:
    """Creates a table that is not there; whether it was created."""
    if sa.inspect(op.get_bind()).has_table(name):
        return False
    op.create_table(name, *columns)
    return True
