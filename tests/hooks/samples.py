"""Events as agents send them; each file says where its form is documented and when that was read."""

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data/hooks"


def sample(name: str, **changes: object) -> bytes:
    """`sample("claude-code-prompt", prompt="fix it")`; a field changed to None is left out."""
    event: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text())["event"] | changes
    return json.dumps({key: value for key, value in event.items() if value is not None}).encode()
