"""Tries to sign in that were not looked at, what a browser may try after a reset, the keys of forms that make."""

import sqlalchemy as sa
from alembic import op

from data.db.migrations import ID

revision = "7"
down_revision = "6"


def upgrade() -> None:
    op.create_table(
        "throttled_sign_ins",
        sa.Column("id", ID, primary_key=True),
        sa.Column("account_id", ID, sa.ForeignKey("accounts.id")),
        sa.Column("address", sa.String(60), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
    )
    op.create_table(
        "form_keys",
        sa.Column("id", ID, primary_key=True),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("row_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.add_column("known_browsers", sa.Column("tries_left", sa.Integer()))
