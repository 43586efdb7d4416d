"""Why a backup or a restore is refused."""

from data.errors import DataError


class BackupRefused(DataError):
    """A file that exists already, is no backup or is damaged, or a database that may not be replaced."""


class ProgramMissing(DataError):
    """PostgreSQL's own programs, which write and read its backups, are not on this machine."""
