"""A prompt's parts."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.analysis.query import Frame, parse, parts, weighed

ISSUE = """\
Session.rebuild_proxies drops `NO_PROXY`

<!-- Please search for duplicates of unicorns first -->
### Describe the bug
- [x] I have searched for walrus
The redirect loses the "proxy bypass" setting, see
https://github.com/psf/requests/blob/main/src/requests/sessions.py#L300 and src\\requests\\utils.py.
It happens with --no-proxy-auth.

```python
import requests
session.get(gadget_name)
```

```
Traceback (most recent call last):
  File "/usr/lib/python3/requests/adapters.py", line 412, in send
    conn = self.get_connection()
ValueError: zebra
```
"""


def test_a_title_weighs_more_than_prose_and_prose_more_than_code() -> None:
    terms = parse(ISSUE).terms
    assert terms["session"] > terms["redirect"] > terms["gadget"] > 0
    assert terms["redirect"] > terms["zebra"]


def test_comments_and_urls_say_nothing() -> None:
    assert "unicorns" not in parse(ISSUE).terms
    assert "psf" not in parse(ISSUE).terms


def test_what_a_section_says_of_the_machine_weighs_little() -> None:
    report = "Crash\n\n## System information\nwalrus\n```\nzebra 1\n```\n## What happens\nThe gadget fails\n"
    terms = parse(report).terms
    assert terms["walrus"] == terms["zebra"] < terms["gadget"]


def test_who_goes_on_below_the_list_of_the_machine_is_heard() -> None:
    machine = "Crash\n\n### Environment\n\n* walrus 3\n  which is the one that everybody uses here\n\n"
    report = "When the gadget fails to open, the whole valve breaks at once\n\n* zebra\n"
    terms = parse(machine + report).terms
    assert terms["walrus"] < terms["gadget"] == terms["valve"] == terms["zebra"] == 1
    assert parse(f"Crash\n\n### Environment\n\n{report}").terms["gadget"] < 1
    assert parse(f"{machine}Linux gadget 5.10.0 #1-NixOS Sun Nov 29 x86_64\n").terms["gadget"] < 1


def test_a_picture_says_nothing() -> None:
    shown = '<img width="19" alt="walrus" src="https://a.b/c.png"> ![zebra 2](https://a.b/d.png)'
    assert parse(f"Crash\n\n{shown}\nA gadget\n").terms.keys() == {"crash", "gadget"}
    assert "img" in parse("Crash\n\nWith `<img src=a.png>` it is lost\n").terms


def test_a_link_of_a_checklist_spells_no_path() -> None:
    link = "the [docs](https://github.com/a/b/blob/master/FAQ.md)"
    assert parse(f"Crash\n\n- [x] I have read {link}\n").paths == ()
    assert parse(f"Crash\n\nSee {link}\n").paths == ("FAQ.md",)


def test_a_line_that_only_says_a_version_weighs_little() -> None:
    terms = parse("Crash\n\n- walrus version: v1.2.3-rc1\nThe gadget of 1.2.3 fails here\n").terms
    assert terms["walrus"] < terms["gadget"]


def test_the_capital_that_begins_a_sentence_makes_no_name() -> None:
    said = "Adding a walrus\n\nGadgets fail. Zebras too, but not in the Router, `Session` or This\n- Options fail\n"
    assert parse(said).names.keys() == {"Router", "Session"}


def test_code_has_no_sentences() -> None:
    assert "Router" in parse("It fails\n\n```\nRouter(x)\n```\n").names


def test_a_checklist_weighs_little() -> None:
    terms = parse(ISSUE).terms
    assert terms["walrus"] < terms["redirect"]


def test_identifiers_are_split_and_kept_whole() -> None:
    query = parse(ISSUE)
    assert {"rebuild", "proxies", "proxy"} <= query.terms.keys()
    assert {"rebuild_proxies", "NO_PROXY", "gadget_name", "no_proxy_auth"} <= query.names.keys()


def test_words_that_stand_together_are_a_pair() -> None:
    assert "redirect_loses" in parse(ISSUE).pairs


def test_paths_are_found_in_prose_in_urls_and_with_backslashes() -> None:
    assert {"src/requests/sessions.py", "src/requests/utils.py"} <= set(parse(ISSUE).paths)


def test_versions_and_abbreviations_are_no_paths() -> None:
    assert parse("fails with 3.11.2, e.g. on v1.2 and i.e. always").paths == ()


def test_quoted_words_are_kept() -> None:
    assert parse(ISSUE).quoted == ("proxy bypass",)


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        (
            'File "/a/b.py", line 12, in send',
            Frame(path="/a/b.py", line=12, function="send"),
        ),
        (
            "    at render (/app/src/diff/index.js:40:7)",
            Frame(path="/app/src/diff/index.js", line=40, function="render"),
        ),
        (
            "\tat com.google.Gson.fromJson(Gson.java:922)",
            Frame(path="com/google/Gson.java", line=922, function="com.google.Gson.fromJson"),
        ),
        (
            "lib/jekyll/site.rb:77:in `process'",
            Frame(path="lib/jekyll/site.rb", line=77, function="process"),
        ),
        (
            "\t/go/src/gin/context.go:165 +0x1c",
            Frame(path="/go/src/gin/context.go", line=165, function=None),
        ),
        (
            "#3 /srv/app/src/Kernel.php(41): App\\Kernel->boot()",
            Frame(path="/srv/app/src/Kernel.php", line=41, function="App\\Kernel->boot"),
        ),
    ],
)
def test_stack_frames_of_many_languages(text: str, frame: Frame) -> None:
    assert frame in parse(f"It crashes\n\n```\n{text}\n```\n").frames


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("parseHTTPResponse_v2", ("parse", "http", "response", "v", "2")),
        ("snake_case", ("snake", "case")),
        ("XMLHttp", ("xml", "http")),
        ("größe", ("gr", "ö", "ß", "e")),
        ("_", ()),
    ],
)
def test_an_identifiers_parts(name: str, expected: tuple[str, ...]) -> None:
    if name.isascii():
        assert parts(name) == expected
    else:
        assert "".join(parts(name)) == name


def test_an_empty_prompt_has_no_parts() -> None:
    query = parse(" \n\n ")
    assert not (query.terms or query.names or query.pairs or query.paths or query.frames or query.quoted)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["```", "\n", "`", "a/b.py", "<!--", "-->", " at x", "##", '"', "Foo.bar", "x" * 50, "    "]
        )
    )
)
def test_weights_are_above_0_and_words_are_in_the_prompt(pieces: list[str]) -> None:
    text = "".join(pieces)
    query = parse(text)
    assert all(weight > 0 for weight in [*query.terms.values(), *query.names.values()])
    assert all(term in text.lower() for term in query.terms)


@pytest.mark.parametrize(
    "piece", ["`", "```\n", "<!--", "a/", "a.b", "a-", "at (", '"', "#", " ", "\n\t", "http://", "A"]
)
def test_time_is_linear_in_a_hostile_prompt(piece: str) -> None:
    start = time.process_time()
    parse(piece * (64_000 // len(piece)))
    assert time.process_time() - start < 3


def test_data_that_was_pasted_is_not_looked_for() -> None:
    found = parse(f"why is `{'eHh4' * 5_000}` refused, and {'x' * 60_000}? see Fine.name")
    assert set(found.terms) | set(found.names) <= {"why", "refused", "fine", "Fine", "name", "see"}


def test_a_first_line_may_be_about_what_reports_are_made_of() -> None:
    assert parse("make search ignore case").terms.keys() == {"search", "ignore", "case"}
    assert parse("wrong colours\n\nI searched for an issue of this release.").terms.keys() == {"colours"}
    assert "user_page" in parse("the user page").pairs


def test_common_words_weigh_less_where_a_file_is_cut() -> None:
    asked = parse("gadget line")
    found = weighed(asked, {"gadget": 1.0, "line": 0.5}).terms
    assert found == {"gadget": asked.terms["gadget"], "line": asked.terms["line"] / 2}
    assert 0 < weighed(asked, {}).terms["line"] < 0.2 * asked.terms["line"]


@pytest.mark.parametrize(
    ("line", "frame"),
    [
        (
            "thread 'main' panicked at 'len is 0!', core\\src\\change.rs:397:13",
            ("core/src/change.rs", 397, None),
        ),
        ("thread 'main' panicked at src/lib.rs:3:5:", ("src/lib.rs", 3, None)),
        ("    #1 0x55aa in tlb__alloc /a/src/foo.c:12:3", ("/a/src/foo.c", 12, "tlb__alloc")),
        ("#3  foo (x=1) at ../src/z.cc:22", ("../src/z.cc", 22, "foo")),
        ("PHP Warning:  no such key in /x/y.php on line 3", ("/x/y.php", 3, None)),
        ("   at A.B.Run(String x) in /src/Foo.cs:line 42", ("/src/Foo.cs", 42, None)),
    ],
)
def test_crashes_of_other_languages_name_their_lines(line: str, frame: tuple[str, int, str | None]) -> None:
    (found,) = parse(f"It crashes\n\n{line}\n").frames
    assert (found.path, found.line, found.function) == frame


TRACE = """It crashes

```
Traceback (most recent call last):
  File "/srv/site-packages/app/main.py", line 3, in run
  File "/srv/site-packages/app/db.py", line 4, in load
KeyError: 1
```
"""


def test_a_trace_begins_where_it_happened() -> None:
    assert [frame.line for frame in parse(TRACE).frames] == [4, 3]
    other = "It crashes\n\n```\n    at load (/app/db.js:4:1)\n    at run (/app/main.js:3:1)\n```\n"
    assert [frame.line for frame in parse(other).frames] == [4, 3]


def test_what_a_trace_goes_through_is_not_spelled_by_the_prompt() -> None:
    assert parse(TRACE).paths == ()
    assert parse(TRACE + "so app/db.py is wrong").paths == ("app/db.py",)
    listed = parse("The same in all\n\nsrc/a.py:3 and\nsrc/b.py:7\n")
    assert listed.paths == ("src/a.py", "src/b.py")


def test_two_letters_are_a_name_in_a_title_and_in_code() -> None:
    assert {"ui", "ci"} <= parse("The ui is slow\n\nSo says `app ci`.").terms.keys()
    assert not {"so", "is", "ab", "py"} & parse("So it is\n\nwith ab, and `py so`").terms.keys()


def test_a_trace_may_be_quoted_or_not_indented() -> None:
    for before in ("> ", "> \t", ""):
        trace = (
            f"{before}at org.app.Db.load(Db.java:4) ~[app.jar]\n{before}at org.app.Main.run(Main.java:3)\n"
        )
        query = parse(f"It crashes\n\nwith this:\n{trace}")
        assert [frame.path for frame in query.frames] == ["org/app/Db.java", "org/app/Main.java"]
        assert query.paths == ()
    assert parse("It crashes\n\nat src/a.py:3 (or so)").paths == ("src/a.py",)
