"""How git is asked: never over a network for looking's sake, and no more at once than it takes."""

from collections.abc import Mapping

OFFLINE: Mapping[str, str] = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1"}
"""With these in the environment, a missing object is never fetched."""

LONGEST_PATTERN = 8000
"""Characters; of one of more than 30,000 git makes an error, and of one of 100,000 the system."""
