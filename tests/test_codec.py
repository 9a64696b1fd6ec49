"""The stored form: decode undoes encode, whatever the text; and bears whatever bytes are there."""

import json
import os
import string
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from git_ctx import canonical, codec, registers
from git_ctx.errors import BrokenSession, NewerFormat, WriteFailed
from git_ctx.model import (
    Ask,
    AskKind,
    Context,
    FileState,
    FileStates,
    Fork,
    Form,
    Format,
    Item,
    Kind,
    Link,
    Links,
    Meta,
    Pins,
    Principle,
    Prompt,
    Reply,
    Request,
    Save,
    Scope,
    Session,
    Withdrawn,
)

ids = st.text("klmnopqrstuvwxyz", min_size=16, max_size=16)
oids = st.text("0123456789abcdef", min_size=40, max_size=40)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
raw_paths = st.one_of(
    st.binary(min_size=1, max_size=20),
    st.sampled_from([b'"', b'"quoted"', b"caf\xe9", "café".encode(), b"a\nb", b"\\x", b'"\\303\\251"']),
)
odd_paths = raw_paths.map(os.fsdecode)
numbers = st.integers(0, 2**53 - 1)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(
    datetime(1970, 1, 2),
    datetime(9990, 1, 1),
    timezones=zones,
).map(lambda time: time.replace(microsecond=0))
scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts
plain = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)

sessions = st.builds(Session, id=ids, name=texts, project=texts, created=times)
prompts = st.builds(
    Prompt,
    id=ids,
    text=texts,
    asked_at=times,
    author=texts,
    branch=st.none() | odd_paths,
    base=st.none() | oids,
    snapshot=st.none() | oids,
    redacted=st.lists(texts, max_size=3).map(tuple),
)
items = st.builds(
    Item,
    path=odd_paths,
    oid=st.none() | oids,
    form=st.sampled_from(get_args(Form)),
    tokens=numbers,
    reasons=st.lists(texts, max_size=2).map(tuple),
    lines=st.lists(st.integers(1, 999), max_size=6, unique=True).map(
        lambda some: tuple((3 * at, 3 * at + at % 3) for at in sorted(some))
    ),
)
scopes = st.builds(
    Scope,
    exclude=st.lists(odd_paths, max_size=2).map(tuple),
    include=st.lists(odd_paths, max_size=2).map(tuple),
    languages=st.lists(texts, max_size=2).map(tuple),
    changed=st.none() | odd_paths,
    tests=st.none() | st.booleans(),
)
contexts = st.builds(
    Context,
    prompt=ids,
    kind=st.sampled_from(get_args(Kind)),
    conversation=texts,
    after=st.none() | ids,
    budget=numbers,
    tokens=numbers,
    format=st.sampled_from(get_args(Format)),
    items=st.lists(items, max_size=4).map(tuple),
    guidance=st.lists(ids, max_size=3).map(tuple),
    scope=scopes,
    sections=st.dictionaries(texts, numbers, max_size=3).map(lambda some: tuple(sorted(some.items()))),
)
states = st.builds(
    FileState,
    path=odd_paths,
    mode=st.sampled_from([None, 0o100644, 0o100755, 0o120000, 0o160000]),
    oid=st.none() | oids,
    withheld=st.none() | texts,
)
files = st.builds(
    FileStates, base=st.none() | oids, tree=st.none() | oids, states=st.lists(states, max_size=4).map(tuple)
)
asks = st.lists(
    st.builds(Ask, kind=st.sampled_from(get_args(AskKind)), what=odd_paths | texts, reply=st.none() | ids),
    max_size=3,
).map(tuple)
requests = st.builds(
    Request,
    id=ids,
    prompt=st.none() | ids,
    conversation=texts,
    asked_at=times,
    author=texts,
    asks=asks,
    snapshot=st.none() | oids,
    budget=numbers,
    tokens=numbers,
    format=st.sampled_from(get_args(Format)),
    items=st.lists(items, max_size=2).map(tuple),
)
replies = st.builds(
    Reply,
    id=ids,
    prompt=ids,
    conversation=texts,
    replied_at=times,
    author=texts,
    text=texts,
    redacted=st.lists(texts, max_size=2).map(tuple),
    asks=asks,
)
forks = st.builds(
    Fork, id=ids, branch=odd_paths, source=odd_paths, at=st.none() | ids, author=texts, made_at=times
)
metas = st.builds(Meta, value=plain, author=texts, set_at=times)

links = st.builds(
    Links,
    id=ids,
    recorded_at=times,
    author=texts,
    commits=st.lists(
        st.builds(
            Link,
            commit=oids,
            tree=oids,
            parent=st.none() | oids,
            patch=st.none() | oids,
            since=st.none() | oids,
            combined=st.none() | oids,
            prompts=st.lists(ids, max_size=3).map(tuple),
            rewritten=st.lists(oids, max_size=3).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
)
saves = st.builds(
    Save,
    id=ids,
    message=texts,
    saved_at=times,
    author=texts,
    branch=st.none() | odd_paths,
    base=st.none() | oids,
    snapshot=st.none() | oids,
    restored=st.none() | ids,
)

Encode = Callable[[Any], bytes]
Decode = Callable[[bytes, str], Any]
CODECS: list[tuple[Encode, Decode, st.SearchStrategy[Any]]] = [
    (codec.encode_session, codec.decode_session, sessions),
    (codec.encode_prompt, codec.decode_prompt, prompts),
    (codec.encode_context, codec.decode_context, contexts),
    (codec.encode_files, codec.decode_files, files),
    (codec.encode_request, codec.decode_request, requests),
    (codec.encode_reply, codec.decode_reply, replies),
    (codec.encode_fork, codec.decode_fork, forks),
    (registers.encode_meta, registers.decode_meta, metas),
    (codec.encode_save, codec.decode_save, saves),
    (codec.encode_links, codec.decode_links, links),
]
each_codec = pytest.mark.parametrize(
    ("encode", "decode", "values"),
    CODECS,
    ids=["session", "prompt", "context", "files", "request", "reply", "fork", "meta", "save", "links"],
)

PROMPT = Prompt(
    id="kkllmmnnooppqqrr",
    text="why does the parser hang?",
    asked_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    author="Ada Lovelace <ada@example.com>",
    branch="main",
    base="a" * 40,
    snapshot="b" * 40,
)


def rewritten(**fields: object) -> bytes:
    """The prompt's bytes as another program might have written them."""
    return json.dumps({**json.loads(codec.encode_prompt(PROMPT)), **fields}).encode()


@each_codec
@given(data=st.data())
@settings(max_examples=60)
def test_decode_undoes_encode(
    encode: Encode, decode: Decode, values: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    value = data.draw(values)
    assert decode(encode(value), "here") == value


@each_codec
@given(data=st.data())
@settings(max_examples=30)
def test_what_we_wrote_is_canonical(
    encode: Encode, decode: Decode, values: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    written = encode(data.draw(values))
    assert encode(decode(written, "here")) == written
    assert written == (
        json.dumps(json.loads(written), indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"
    )


@each_codec
@given(data=st.data())
@settings(max_examples=60)
def test_damaged_bytes_are_a_broken_session_and_nothing_else(
    encode: Encode, decode: Decode, values: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    written = bytearray(encode(data.draw(values)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(written) - 1))
        piece = data.draw(st.sampled_from([b"", b"\xff", b"[", b'"', b"null", b"-1", b"1e999", b"\\ud800"]))
        written[at : at + data.draw(st.integers(0, 3))] = piece
        if not written:
            break
    try:
        decode(bytes(written), "here")
    except BrokenSession as error:
        assert str(error).startswith("here: ")


@each_codec
@given(data=st.data())
@settings(max_examples=60)
def test_a_field_of_any_other_kind_is_a_broken_session(
    encode: Encode, decode: Decode, values: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    entry = json.loads(encode(data.draw(values)))
    key = data.draw(st.sampled_from(sorted(entry)))
    entry[key] = data.draw(plain | st.floats(allow_nan=False, allow_infinity=False) | st.integers(2**53))
    try:
        decode(json.dumps(entry).encode(), "here")
    except BrokenSession as error:
        assert key in str(error) or "number is infinity" in str(error)


@each_codec
@given(data=st.data())
@settings(max_examples=20)
def test_a_missing_field_is_named(
    encode: Encode, decode: Decode, values: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    entry = json.loads(encode(data.draw(values)))
    # contexts that were kept before there were principles have no guidance, and so on
    key = data.draw(st.sampled_from(sorted(set(entry) - {"guidance", "scope", "sections"})))
    del entry[key]
    with pytest.raises(BrokenSession, match=f"'{key}' is missing"):
        decode(json.dumps(entry).encode(), "here")


@given(st.binary(max_size=60))
@example(b"[]")
@example(b"\xef\xbb\xbf{}")
@example(b"NaN")
def test_arbitrary_bytes_are_a_broken_session(data: bytes) -> None:
    with pytest.raises(BrokenSession):
        codec.decode_prompt(data, "here")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"id": "kkllmmnnooppqqr"}, "'id' is not an id"),
        ({"id": "../../etc/passwd"}, "'id' is not an id"),
        ({"base": "A" * 40}, "'base' is not an object id"),
        ({"base": "a" * 40 + "\n"}, "'base' is not an object id"),
        ({"text": None}, "'text' is not text"),
        ({"redacted": ["a", 1]}, "'redacted' is not a list of texts"),
        ({"redacted": "abc"}, "'redacted' is not a list"),
        ({"asked_at": "2026-02-30T00:00:00Z"}, "'asked_at' is not a time with its offset"),
        ({"asked_at": "2026-01-02T03:04:05"}, "'asked_at' is not a time with its offset"),
        ({"asked_at": "0001-01-01T00:00:00+23:59"}, "'asked_at' is not a time with its offset"),
        ({"asked_at": "٢٠٢٦-01-02T03:04:05Z"}, "'asked_at' is not a time with its offset"),
        ({"branch": '"half \\30'}, "'branch' is not a path in its quoted form"),
        ({"format": True}, "'format' is not a whole number in range"),
        ({"format": 0}, "'format' is not the number of a format"),
        ({"format": 1.0}, "'format' is not a whole number in range"),
        ({"format": 2**64}, "'format' is not a whole number in range"),
    ],
)
def test_a_field_out_of_form_is_named(fields: dict[str, object], problem: str) -> None:
    with pytest.raises(BrokenSession) as caught:
        codec.decode_prompt(rewritten(**fields), "prompt kkll")
    assert str(caught.value) == f"prompt kkll: {problem}"


def test_a_bad_item_is_named_with_its_place() -> None:
    context = Context(
        prompt="k" * 16, kind="full", conversation="c", after=None, budget=1, tokens=1, format="xml"
    )
    entry = json.loads(codec.encode_context(context))
    entry["items"] = [{"path": "a.py", "oid": None, "form": "sideways", "tokens": 1, "reasons": []}]
    with pytest.raises(BrokenSession, match=r"^x: items\[0\]: 'form' is not one of whole, "):
        codec.decode_context(json.dumps(entry).encode(), "x")


@pytest.mark.parametrize(
    "lines", ["", "1", "1-", "0-3", "5-3", "1-9,4-12", "9-12,1-4", "1-3,", "1-3;4-5", "1-9999999999", 7, None]
)
def test_runs_of_lines_that_are_none_are_named(lines: object) -> None:
    context = Context(
        prompt="k" * 16, kind="full", conversation="c", after=None, budget=1, tokens=1, format="xml"
    )
    entry = json.loads(codec.encode_context(context))
    entry["items"] = [{"path": "a", "oid": None, "form": "diff", "tokens": 1, "reasons": [], "lines": lines}]
    with pytest.raises(BrokenSession, match=r"^x: items\[0\]: 'lines' is not "):
        codec.decode_context(json.dumps(entry).encode(), "x")


def test_a_newer_format_is_refused_before_its_fields_are_judged() -> None:
    with pytest.raises(NewerFormat, match="written in format 2; this git ctx reads up to 1"):
        codec.decode_prompt(b'{"format": 2, "all": "different"}', "here")


def test_unknown_keys_are_left_alone() -> None:
    assert codec.decode_prompt(rewritten(mood="fine", deeper={"x": [1.5]}), "here") == PROMPT


def test_the_last_of_two_equal_keys_counts() -> None:
    doubled = codec.encode_prompt(PROMPT).replace(b'"text":', b'"text": "first",\n  "text":')
    assert codec.decode_prompt(doubled, "here") == PROMPT


def test_text_that_is_not_utf8_is_kept_as_far_as_it_goes() -> None:
    prompt = Prompt(id="k" * 16, text="caf\udce9 \ud83d!", asked_at=PROMPT.asked_at, author="A\udcff")
    read = codec.decode_prompt(codec.encode_prompt(prompt), "here")
    assert (read.text, read.author) == ("caf\ufffd \ufffd!", "A\ufffd")


def test_paths_are_plain_wherever_they_can_be() -> None:
    def written(path: str) -> str:
        state = FileState(path=path, mode=0o100644, oid=None)
        entry = json.loads(codec.encode_files(FileStates(base=None, tree=None, states=(state,))))
        return str(entry["files"][0]["path"])

    assert written("naïve/файл.py") == "naïve/файл.py"
    assert written(os.fsdecode(b"caf\xe9")) == '"caf\\351"'
    assert written('"') == '"\\""'


def test_what_git_has_no_mode_for_is_kept_without_one() -> None:
    fifo = FileState(path="pipe", mode=0o010644, oid=None, withheld="not a file")
    files = codec.decode_files(
        codec.encode_files(FileStates(base=None, tree=None, states=(fifo,))), "files.json"
    )
    assert files.states == (FileState(path="pipe", mode=None, oid=None, withheld="not a file"),)


def test_times_keep_their_offset_and_lose_fractions() -> None:
    zone = timezone(timedelta(hours=-3, minutes=-30))
    time = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=zone)
    assert canonical.time(time) == "2026-01-02T03:04:05-03:30"
    local_mean = timezone(timedelta(minutes=19, seconds=32))
    assert canonical.time(time.replace(tzinfo=local_mean)) == "2026-01-02T02:44:33+00:00"
    with pytest.raises(ValueError, match="offset"):
        canonical.time(time.replace(tzinfo=None))


def test_an_entry_too_large_to_be_read_is_not_written() -> None:
    huge = Prompt(
        id="k" * 16, text="x" * canonical.MAX_BYTES, asked_at=PROMPT.asked_at, author="Ada", branch="main"
    )
    with pytest.raises(WriteFailed, match="the prompt: it is larger than 16 MiB"):
        codec.encode_prompt(huge)
    with pytest.raises(BrokenSession, match="larger than 16 MiB"):
        codec.decode_prompt(b" " * (canonical.MAX_BYTES + 1), "here")


def test_a_bomb_of_values_is_refused_but_not_a_text_that_looks_like_one() -> None:
    bomb = b'{"format": 1, "x": [' + b"{}," * (canonical.MAX_VALUES // 2 + 1) + b"{}]}"
    with pytest.raises(BrokenSession, match="too many values"):
        codec.decode_prompt(bomb, "here")
    text = Prompt(
        id="k" * 16, text='[{",' * (canonical.MAX_VALUES // 2), asked_at=PROMPT.asked_at, author="Ada"
    )
    assert codec.decode_prompt(codec.encode_prompt(text), "here") == text


@pytest.mark.parametrize("bomb", [b'"' + b'\\"' * 4_000_000 + b"," * 2_000_001, b'",' * 2_000_001 + b"\\"])
def test_unclosed_strings_cost_no_more_than_others(bomb: bytes) -> None:
    with pytest.raises(BrokenSession):
        codec.decode_prompt(bomb, "here")


@pytest.mark.parametrize("depth", [canonical.MAX_DEPTH + 1, 1000, 200_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    with pytest.raises(BrokenSession, match=r"nested more than 100 deep|depth (limit|exceeded)"):
        codec.decode_prompt(b'{"format": 1, "x": ' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}", "here")


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, -(2**53), b"bytes", [object()], {"a": {1.0}}])
def test_a_setting_the_form_cannot_keep_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        registers.encode_meta(Meta(value=value, author="Ada", set_at=PROMPT.asked_at))


@pytest.mark.parametrize("value", ["1.5", "-9223372036854775809", "[18446744073709551616]", '{"a": 1e30}'])
def test_a_number_that_readers_would_round_is_refused(value: str) -> None:
    meta = Meta(value="HERE", author="Ada", set_at=PROMPT.asked_at)
    with pytest.raises(BrokenSession, match="'value' is not free of fractions"):
        registers.decode_meta(registers.encode_meta(meta).replace(b'"HERE"', value.encode()), "here")


def test_the_deepest_setting_we_write_can_be_read() -> None:
    def nested(depth: int) -> Meta:
        value: object = "bottom"
        for _ in range(depth):
            value = [value]
        return Meta(value=value, author="Ada", set_at=PROMPT.asked_at)

    deepest = nested(canonical.MAX_DEPTH - 1)
    assert registers.decode_meta(registers.encode_meta(deepest), "here") == deepest
    with pytest.raises(ValueError, match="nested"):
        registers.encode_meta(nested(canonical.MAX_DEPTH))


def test_a_prompt_reads_well_in_plain_git() -> None:
    lines = codec.encode_prompt(PROMPT).decode().splitlines()
    assert lines[0] == "{" and lines[-1] == "}"
    assert '  "text": "why does the parser hang?"' in lines
    assert [line.split('"')[1] for line in lines[1:-1]] == sorted(json.loads("".join(lines)))
    assert set("".join(lines)) <= set(string.printable)


pins = st.builds(Pins, paths=st.lists(odd_paths, max_size=3).map(tuple), pinned=st.booleans())
principles = st.builds(Principle, text=texts, priority=st.sampled_from(["high", "normal", "low"]))
withdrawals = st.builds(Withdrawn, ids=st.lists(ids, max_size=3).map(tuple))


def kept(value: object) -> object:
    """A setting's value after it was written and read."""
    meta = Meta(value=value, author="Ada", set_at=PROMPT.asked_at)
    return registers.decode_meta(registers.encode_meta(meta), "here").value


@given(pins, principles | withdrawals)
def test_pins_and_principles_are_read_as_they_were_set(pins: Pins, guide: Principle | Withdrawn) -> None:
    assert registers.read_pins(kept(registers.pins_value(pins)), "here") == pins
    assert registers.read_guidance(kept(registers.guidance_value(guide)), "here") == guide


@given(plain)
def test_a_setting_of_another_form_is_a_broken_one(value: object) -> None:
    for read in (registers.read_pins, registers.read_guidance):
        with pytest.raises(BrokenSession):
            read(value, "here")


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"paths": ["a"], "pinned": 1}, "'pinned' is not true or false"),
        ({"paths": ['"half'], "pinned": True}, "'paths' is not a path in its quoted form"),
        ({"paths": "a", "pinned": True}, "'paths' is not a list"),
    ],
)
def test_pins_out_of_form_are_named(value: object, problem: str) -> None:
    with pytest.raises(BrokenSession, match=f"^here: {problem}"):
        registers.read_pins(value, "here")


def test_a_context_kept_before_there_were_principles_has_none() -> None:
    context = Context(
        prompt="k" * 16, kind="full", conversation="c", after=None, budget=1, tokens=1, format="xml"
    )
    entry = json.loads(codec.encode_context(context))
    del entry["guidance"]
    assert codec.decode_context(json.dumps(entry).encode(), "x") == context
