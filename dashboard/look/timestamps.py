"""Times as pages show them."""

from datetime import UTC, datetime


def local_time(at: datetime) -> str:
    """A time of the tables (UTC) to the minute, in the server's own time zone."""
    return f"{at.replace(tzinfo=UTC).astimezone():%Y-%m-%d %H:%M}"
