"""The tables, by what they hold. Importing this package, or any module of it, puts all of them into Base.metadata."""

from data.db.models import accounts, changes, city, imports, planning, records, rules
from data.db.models.city import Base

__all__ = ["Base", "accounts", "changes", "city", "imports", "planning", "records", "rules"]
