from pathlib import Path

from git_ctx.transcripts import codex
from git_ctx.transcripts.lines import Lines
from git_ctx.transcripts.turn import relevant

SAMPLE = Path(__file__).parents[1] / "data" / "transcripts" / "codex.jsonl"


def test_the_sample_has_what_the_user_typed_and_what_came_of_it() -> None:
    with SAMPLE.open("rb") as stream:
        lines = Lines(stream)
        first, second = relevant(codex.turns(lines))
    assert (first.text, first.reply) == (
        "the total ignores the quantity",
        "The total multiplies by the quantity now.",
    )
    assert (second.text, second.reply, second.over) == ("and now a test", "", True)
    assert [(tool.name, tool.kind, tool.what, tool.changes, tool.given) for tool in first.tools.values()] == [
        ("exec_command", "command", "sed -n 1,40p cart.py", (), "class Cart:"),
        ("apply_patch", None, "", ("cart.py", "test_cart.py"), "Success."),
    ]
    assert (first.branch, first.directory) == ("main", "/home/ada/shop")
    assert first.conversation == "019f3a2b-1111-7222-8333-944455556666"
    assert lines.problems == ["line 7: not a JSON object"]
