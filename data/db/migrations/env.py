"""What Alembic runs: the revisions, on the connection that data.db.migrate hands over."""

from alembic import context

from data.db.models import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
