import json
from dataclasses import replace
from pathlib import Path

from git_ctx.cli import spent, words
from git_ctx.model import Context, Item, Scope
from tests import support
from tests.cli.conftest import Ctx

SIZES = {
    "src/shop/a.py": 60,
    "src/shop/web/b.py": 10,
    "src/shop/web/c.py": 15,
    "README.md": 5,
    "docs/x/y/z.md": 2,
}
CONTEXT = Context(
    prompt="k" * 16,
    kind="full",
    conversation="c",
    after=None,
    budget=200,
    tokens=100,
    format="markdown",
    items=tuple(Item(path=path, oid=None, form="whole", tokens=size) for path, size in SIZES.items()),
    sections=(("files", 92), ("frame", 5), ("setup", 3)),
)


def test_the_report_has_each_section_and_the_files_as_a_tree() -> None:
    assert spent.report(CONTEXT) == (
        "by section\n"
        "      92   92%  files\n"
        "       5    5%  headings, and what this is\n"
        "       3    3%  set-up\n"
        "\n"
        "by directory and file\n"
        "      85   85%  src/shop/\n"
        "      60   60%    a.py (whole)\n"
        "      25   25%    web/\n"
        "      15   15%      c.py (whole)\n"
        "      10   10%      b.py (whole)\n"
        "       5    5%  README.md (whole)\n"
        "       2    2%  docs/x/y/\n"
        "       2    2%    z.md (whole)\n"
    )


def test_for_scripts_every_directory_has_what_its_files_have() -> None:
    found = spent.spent_json(CONTEXT)
    assert (found["tokens"], found["budget"], found["files"]) == (100, 200, SIZES)
    assert found["directories"] == {
        "src/shop/": 85,
        "src/": 85,
        "src/shop/web/": 25,
        "docs/x/y/": 2,
        "docs/x/": 2,
        "docs/": 2,
    }


def test_a_context_that_was_kept_without_its_sections_tells_what_the_files_took() -> None:
    old = replace(CONTEXT, sections=())
    assert spent.report(old).startswith("by section\n      92   92%  files\n       8    8%  all the rest\n")


def test_prompt_tells_it_beside_the_context_and_show_tells_it_later(repo: Path, ctx: Ctx) -> None:
    support.commit(repo, {"lib/util.py": "def main():\n    return 1\n"})
    ctx("start", "demo")
    said = ctx("prompt", "--tokens", "-q", "fix main")
    assert said.out.startswith("A part of `repo`")
    assert said.err.startswith("by section\n") and "lib/" in said.err
    shown = ctx("show", "--tokens")
    head, _, report = shown.out.partition("\n\n")
    assert head.startswith("full context: ") and report == said.err
    told = json.loads(ctx("show", "--tokens", "--json").out)
    assert sum(told["sections"].values()) == told["tokens"]
    assert sum(told["files"].values()) == told["sections"]["files"]
    assert told["event"] == 1
    again = json.loads(ctx("prompt", "--tokens", "--json", "--full", "fix main").out)
    assert again["spent"]["sections"] == again["context"]["sections"] == told["sections"]


def test_what_a_stranger_wrote_into_a_context_cannot_reach_the_terminal() -> None:
    context = replace(CONTEXT, scope=Scope(exclude=("\x1b[31m",)), sections=(("\x1b]0;x", 1),))
    assert "\x1b" not in words.summary(context) + spent.report(context)


def test_a_save_has_no_context_to_tell_of(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    ctx("save", "-m", "here")
    assert ctx("show", "--tokens").err == "fatal: save #1 has no context\n"
