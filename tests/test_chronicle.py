"""A session as one JSON document: what was encoded comes back, and anything else is one kind of error."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_ctx import chronicle
from git_ctx.chronicle import Chronicle, Step, ancestors_first
from git_ctx.errors import BrokenSession, WriteFailed
from tests.test_codec import odd_paths as paths
from tests.test_codec import oids, texts

OID = "a" * 40
PLAIN = b"tree %s\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nprompt: it\n" % OID.encode()

json_entries = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
).map(lambda value: json.dumps(value).encode())
contents = st.binary() | json_entries | st.text().map(lambda text: text.encode("utf-8", "surrogatepass"))
commits = st.binary() | st.text().map(lambda text: PLAIN + text.encode("utf-8", "surrogatepass"))
steps = st.builds(Step, oid=oids, data=commits, adds=st.lists(paths).map(tuple))
chronicles = st.builds(
    Chronicle,
    session=texts,
    branches=st.dictionaries(paths, oids),
    steps=st.lists(steps, max_size=4).map(tuple),
    entries=st.dictionaries(paths | paths.map(lambda path: f"{path}.json"), contents, max_size=4),
)


@given(chronicles)
def test_decode_undoes_encode(whole: Chronicle) -> None:
    data = chronicle.encode(whole)
    assert chronicle.decode(data, "it") == whole
    assert chronicle.encode(chronicle.decode(data, "it")) == data


def test_what_is_json_stands_there_as_json_and_a_commit_as_fields() -> None:
    whole = Chronicle(
        session="demo",
        branches={"main": OID},
        steps=(Step(oid=OID, data=PLAIN, adds=("a.json",)), Step(oid=OID, data=b"gpgsig\n", adds=())),
        entries={"a.json": b'{\n  "x": 1\n}\n', "b.json": b'{"x":1}', "c.md": "é\n".encode(), "d": b"\xff"},
    )
    document = json.loads(chronicle.encode(whole))
    assert document["entries"] == {
        "a.json": {"json": {"x": 1}},
        "b.json": {"text": '{"x":1}'},
        "c.md": {"text": "é\n"},
        "d": {"base64": "/w=="},
    }
    assert document["commits"] == [
        {
            "adds": ["a.json"],
            "author": "A <a> 1 +0000",
            "committer": "A <a> 1 +0000",
            "id": OID,
            "message": "prompt: it\n",
            "parents": [],
            "tree": OID,
        },
        {"adds": [], "id": OID, "raw": "Z3Bnc2lnCg=="},
    ]


@given(st.binary() | json_entries)
def test_any_other_bytes_are_told_of(data: bytes) -> None:
    with pytest.raises(BrokenSession):
        chronicle.decode(data, "it")


@pytest.mark.parametrize(
    "change",
    [
        {"format": 99},
        {"kind": "other"},
        {"branches": []},
        {"branches": {"main": "x"}},
        {"branches": {'"': OID}},
        {"commits": {}},
        {"commits": [1]},
        {"commits": [{"id": OID, "adds": [], "raw": "?"}]},
        {"commits": [{"id": OID, "adds": [], "author": 1}]},
        {"entries": {"a": {}}},
        {"entries": {"a": {"base64": "="}}},
        {"entries": {"a": 1}},
        {"entries": {"a.json": {"json": json.loads("[" * 150 + "]" * 150)}}},
    ],
)
def test_a_field_of_another_kind_is_named(change: dict[str, object]) -> None:
    whole = json.loads(chronicle.encode(Chronicle(session="demo", branches={}, steps=(), entries={})))
    with pytest.raises(BrokenSession):
        chronicle.decode(json.dumps({**whole, **change}).encode(), "it")


def test_what_nobody_could_read_again_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chronicle, "LARGEST", 1 << 20)
    with pytest.raises(WriteFailed, match="a bundle can hold it"):
        chronicle.encode(Chronicle(session="x", branches={}, steps=(), entries={"a": b"x" * (1 << 20)}))


def test_a_commit_before_its_parent_is_refused() -> None:
    child = Step(
        oid="b" * 40, data=PLAIN.replace(b"author", b"parent " + b"c" * 40 + b"\nauthor", 1), adds=()
    )
    with pytest.raises(BrokenSession, match=r"its parent c+ is not there"):
        list(ancestors_first((child,)))
