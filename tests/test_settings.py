"""docs/settings.md: what the code reads is in its tables, and the reverse."""

import re
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
CODE = "\n".join(path.read_text() for path in sorted((HOME / "git_ctx").rglob("*.py")))
PAGE = (HOME / "docs/settings.md").read_text()


def rows(heading: str) -> set[str]:
    """The first column of the table below a sentence."""
    table = PAGE.partition(heading)[2].split("\n\n")[1]
    return {key for row in table.splitlines()[2:] for key in re.findall(r"`([^`]+)`", row.split("|")[1])}


def test_every_key_that_is_read_is_in_the_table_and_the_reverse() -> None:
    read = set(re.findall(r"""["'](ctx\.[A-Za-z]+)["']""", CODE))
    read |= {f"branch.<name>.{name}" for name in re.findall(r'f"branch\.\{[^}]*\}\.(ctx[A-Za-z]+)"', CODE)}
    read |= {f"remote.<name>.{name}" for name in re.findall(r'f"remote\.\{[^}]*\}\.(ctx[A-Za-z]+)"', CODE)}
    sections = set(re.findall(r'config_section\("(ctx[a-z.]*)"\)', CODE))
    listed = rows("From git's configuration:")
    below = {key for key in listed for section in sections if key.startswith(f"{section}.")}
    assert {key.rpartition(".")[0] for key in below} == sections
    assert read - sections == listed - below
    assert {"ctx.budget", "branch.<name>.ctxSession", "remote.<name>.ctxPush"} < read


def test_every_variable_that_is_read_is_in_the_table_and_the_reverse() -> None:
    assert set(re.findall(r"""["'](GIT_CTX_[A-Z_]+)["']""", CODE)) == rows("From the environment:")


def test_no_key_is_read_without_its_name_in_the_code() -> None:
    assert not re.search(r"""config\w*\([^)"']*f["']ctx\.""", CODE)
