"""Every released form is read for ever, and the format page says what is written."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from git_ctx import chronicle, codec, redaction, registers
from git_ctx.model import FileState, Item
from git_ctx.store.sessions import chronicles
from git_ctx.store.sharing import bundle
from tests import support

DATA = Path(__file__).parent / "data"
PAGE = Path(__file__).parents[1] / "docs" / "format.md"

Decode = Callable[[bytes, str], object]
Encode = Callable[..., bytes]
ENTRIES: dict[str, tuple[Decode, Encode]] = {
    "session.json": (codec.decode_session, codec.encode_session),
    "prompt.json": (codec.decode_prompt, codec.encode_prompt),
    "context.json": (codec.decode_context, codec.encode_context),
    "files.json": (codec.decode_files, codec.encode_files),
    "request.json": (codec.decode_request, codec.encode_request),
    "reply.json": (codec.decode_reply, codec.encode_reply),
    "branch.json": (codec.decode_fork, codec.encode_fork),
    "meta.json": (registers.decode_meta, registers.encode_meta),
    "forgotten.json": (registers.decode_meta, registers.encode_meta),
    "save.json": (codec.decode_save, codec.encode_save),
    "commit.json": (codec.decode_links, codec.encode_links),
    "export.json": (chronicle.decode, chronicle.encode),
}


@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize("form", sorted(path.name for path in DATA.glob("format-*")))
def test_each_form_is_read_for_ever(form: str, name: str) -> None:
    decode, encode = ENTRIES[name]
    data = (DATA / form / name).read_bytes()
    assert encode(decode(data, name)) == data


@pytest.mark.parametrize(
    "name", sorted({*ENTRIES} - {"session.json", "meta.json", "forgotten.json", "export.json"})
)
def test_what_is_wholly_forgotten_is_read_like_the_rest(name: str) -> None:
    decode, encode = ENTRIES[name]
    data = (DATA / "format-1" / name).read_bytes()
    less = redaction.wholly(f"events/000000/01-{'k' * 16}.{name}", data)
    assert encode(decode(less, name)) == less
    assert redaction.is_less(f"events/000000/01-{'k' * 16}.{name}", less, data)


def test_what_was_kept_means_what_it_meant() -> None:
    context = codec.decode_context((DATA / "format-1" / "context.json").read_bytes(), "context.json")
    assert context.items[1] == Item(path="caf\udce9.py", oid=None, form="line", tokens=7, reasons=())
    files = codec.decode_files((DATA / "format-1" / "files.json").read_bytes(), "files.json")
    assert files.states[0] == FileState(path=".env", mode=0o100644, oid=None, withheld="env-file")


@pytest.mark.parametrize(
    ("heading", "name", "inside"),
    [
        ("### session.json", "session.json", None),
        ("### prompt.json", "prompt.json", None),
        ("### context.json", "context.json", None),
        ("An item:", "context.json", "items"),
        ("A scope:", "context.json", "scope"),
        ("### files.json", "files.json", None),
        ("A file:", "files.json", "files"),
        ("### request.json", "request.json", None),
        ("An ask:", "request.json", "asks"),
        ("### reply.json", "reply.json", None),
        ("### branch.json", "branch.json", None),
        ("### meta/…", "meta.json", None),
        ("### save.json", "save.json", None),
        ("### commit.json", "commit.json", None),
        ("A commit of code:", "commit.json", "commits"),
        ("## A session as one JSON document", "export.json", None),
        ("A commit:", "export.json", "commits"),
    ],
)
def test_the_page_lists_the_keys_that_are_written(heading: str, name: str, inside: str | None) -> None:
    section = PAGE.read_text().split(f"\n{heading}\n")[1]
    table = section[section.index("| key |") :].partition("\n\n")[0]
    entry = json.loads((DATA / "format-1" / name).read_bytes())
    within = entry[inside] if inside else entry
    written = {key for one in within for key in one} if isinstance(within, list) else set(within)
    firsts = re.findall(r"^\| (`.*?`) \|", table, re.M)
    assert {key for first in firsts for key in re.findall(r"`(\w+)`", first)} == written


def test_an_exported_session_is_imported_for_ever(tmp_path: Path) -> None:
    whole = chronicle.decode((DATA / "format-1" / "export.json").read_bytes(), "it")
    chronicles.bundle(whole, tmp_path / "it.bundle")
    with bundle.opened(tmp_path / "it.bundle") as there:
        support.fsck(Path(there))
        refs = support.git(Path(there), "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    assert refs == [
        f"refs/ctx/heads/demo/fix%2Flogin {whole.branches['fix/login']}",
        f"refs/ctx/heads/demo/main {whole.branches['main']}",
    ]


def test_the_example_on_the_page_decodes() -> None:
    shown = re.findall(r"^\$ git show \S+?:(?:\S*\.)?(\w+\.json)\n(\{.*?^\})", PAGE.read_text(), re.M | re.S)
    assert sorted(name for name, _ in shown) == ["context.json", "files.json", "prompt.json", "session.json"]
    for name, text in shown:
        decode, encode = ENTRIES[name]
        assert encode(decode(text.encode(), name)).decode() == text + "\n"


def test_a_mark_of_what_is_forgotten_names_versions() -> None:
    data = (DATA / "format-1" / "forgotten.json").read_bytes()
    value = registers.decode_meta(data, "forgotten.json").value
    versions = registers.read_forgotten(value, "forgotten.json")
    assert registers.forgotten_value(versions) == value
    assert versions[0].path == "events/000000/01-vrnpxomnsmxzxplr.prompt.json"


@pytest.mark.parametrize("name", sorted(ENTRIES.keys() - {"export.json", "forgotten.json"}))
def test_what_is_wholly_forgotten_can_still_be_read(name: str) -> None:
    """And so can what lost a text: a field more must not make forgetting break an entry."""
    data = (DATA / "format-1" / name).read_bytes()
    decode = ENTRIES[name][0]
    decode(redaction.wholly(name, data), name)
    decode(redaction.without(name, data, redaction.strike("e")), name)
    assert redaction.is_less(name, redaction.wholly(name, data), data)
