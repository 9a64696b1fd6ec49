"""What time it is."""

from datetime import UTC, datetime


def now() -> datetime:
    """Now, with the user's offset from UTC; in UTC where TZ names one that no place has."""
    try:
        return datetime.now().astimezone()
    except ValueError:  # a day or more
        return datetime.now(UTC)
