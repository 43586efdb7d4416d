"""Accounts, login sessions and the audit trail; what an import needs to be undone or handed in twice."""

import sqlalchemy as sa
from alembic import op

from data.db.append_only import append_only_statements
from data.db.migrations import ID, create_missing

revision = "2"
down_revision = "1"


def upgrade() -> None:
    create_missing(
        "accounts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("everywhere", sa.Boolean(), nullable=False),
        sa.Column("hazard_groups", sa.JSON()),
        sa.Column("password_hash", sa.String(200)),
        sa.Column("sign_on", sa.String(200), unique=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
    )
    made = create_missing(
        "audit_entries",
        sa.Column("id", ID, primary_key=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account", sa.String(80), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("address", sa.String(60), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    )
    if made:
        for statement in append_only_statements("audit_entries", op.get_context().dialect.name):
            op.execute(statement)
    made = create_missing(
        "audit_head",
        sa.Column("id", ID, primary_key=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
    )
    if made:
        op.execute(
            "INSERT INTO audit_head VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000')"
        )
    create_missing(
        "failed_sign_ins",
        sa.Column("id", ID, primary_key=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_failed_sign_ins_at", "failed_sign_ins", ["at"], if_not_exists=True)
    create_missing(
        "saved_mappings",
        sa.Column("id", ID, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
    )
    create_missing(
        "account_areas",
        sa.Column("id", ID, primary_key=True),
        sa.Column("account_id", ID, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("city", sa.String(40), nullable=False),
        sa.Column("level", sa.String(12), nullable=False),
        sa.Column("area", sa.String(40), nullable=False),
        sa.UniqueConstraint("account_id", "city", "level", "area"),
    )
    create_missing(
        "known_browsers",
        sa.Column("id", ID, primary_key=True),
        sa.Column("account_id", ID, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
    )
    create_missing(
        "sign_ins",
        sa.Column("id", ID, primary_key=True),
        sa.Column("account_id", ID, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime()),
        sa.Column("address", sa.String(60), nullable=False),
        sa.Column("browser", sa.String(200), nullable=False),
    )
    op.create_index("ix_sign_ins_account", "sign_ins", ["account_id"], if_not_exists=True)
    create_missing(
        "earlier_rows",
        sa.Column("id", ID, primary_key=True),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id"), nullable=False),
        sa.Column("table_name", sa.String(20), nullable=False),
        sa.Column("row_id", ID, nullable=False),
        sa.Column("earlier_import_id", ID, sa.ForeignKey("imports.id")),
        sa.Column("before", sa.JSON(), nullable=False),
    )
    op.create_index("ix_earlier_rows_import_id", "earlier_rows", ["import_id"], if_not_exists=True)
    op.create_index("ix_earlier_rows_row", "earlier_rows", ["table_name", "row_id"], if_not_exists=True)
    create_missing(
        "import_keys",
        sa.Column("id", ID, primary_key=True),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id"), nullable=False),
    )
    op.create_index("ix_import_keys_import_id", "import_keys", ["import_id"], if_not_exists=True)
    create_missing(
        "undone_imports",
        sa.Column("id", ID, primary_key=True),
        sa.Column("import_id", ID, sa.ForeignKey("imports.id"), nullable=False, unique=True),
        sa.Column("undone_at", sa.DateTime(), nullable=False),
    )
