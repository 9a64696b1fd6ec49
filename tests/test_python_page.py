"""docs/python.md: its examples are run, in order, in a repository."""

import doctest
import re
from pathlib import Path

import pytest

from git_ctx import api

PAGE = Path(__file__).resolve().parents[1] / "docs/python.md"


def test_the_examples_do_what_they_say(repo: Path) -> None:
    code = "\n".join(re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.M | re.S))
    test = doctest.DocTestParser().get_doctest(code, {}, PAGE.name, str(PAGE), 0)
    said: list[str] = []
    results = doctest.DocTestRunner().run(test, out=said.append)
    assert results.attempted > 15
    assert not results.failed, "".join(said)


def test_every_method_is_in_the_table() -> None:
    methods = {name for name in vars(api.Project) if not name.startswith("_")} - {"repo"}
    table = PAGE.read_text().partition("| methods | |")[2]
    named = {
        word for row in re.findall(r"^\| (`.*?) \|", table, re.M) for word in re.findall(r"`(\w+)`", row)
    }
    assert named == methods


def test_paths_count_from_the_top_wherever_the_program_runs(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    project = api.open(repo)
    project.start("demo")
    assert project.pin("app.py", "*.md").files == (1, 1)
    saved = project.save()
    (repo / "app.py").write_text("broken\n")
    assert project.restore(f"#{saved.event.clock}", ["app.py"]).done.written == ("app.py",)
    with project.diff(paths=["app.py"]) as compared:
        assert list(compared.changes()) == []


def test_what_no_file_can_hold_is_taken_out_of_texts(repo: Path) -> None:
    asked = api.open(repo).prompt("fix\r\nmain \ud800\0\n").prompt
    assert asked.text == "fix\nmain ?\N{REPLACEMENT CHARACTER}"


def test_the_life_of_a_session(repo: Path) -> None:
    project = api.open(repo)
    project.start("demo")
    assert project.end().moved[0].state == "ended"
    assert project.sessions() == []
    assert project.reopen("demo").moved[0].state == "active"
    project.archive("demo")
    assert [row.state for row in project.sessions(everything=True)] == ["archived"]


def test_principles_and_pins_come_and_go(repo: Path) -> None:
    project = api.open(repo)
    project.start("demo")
    project.guide("be brief", "high")
    assert [one.text for one in project.guidance()] == ["be brief"]
    project.unguide(1)
    project.pin("app.py")
    assert [one.pin.path for one in project.pins()] == ["app.py"]
    project.unpin()
    assert (project.guidance(), project.pins()) == ((), ())
