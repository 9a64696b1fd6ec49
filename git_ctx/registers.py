"""Settings of a session, `meta/…`: to and from canonical JSON, and what each key's value means."""

from collections.abc import Sequence
from typing import cast, get_args

from git_ctx import canonical
from git_ctx.canonical import Fields
from git_ctx.errors import BrokenSession
from git_ctx.model import Meta, Pins, Principle, Priority, Version, Withdrawn


def encode_meta(meta: Meta) -> bytes:
    return canonical.dump(
        {
            "author": canonical.text(meta.author),
            "set_at": canonical.time(meta.set_at),
            "value": canonical.json(meta.value),
        },
        "the setting",
    )


def decode_meta(data: bytes, where: str) -> Meta:
    fields = canonical.load(data, where)
    return Meta(value=fields.json("value"), author=fields.text("author"), set_at=fields.time("set_at"))


def pins_value(pins: Pins) -> dict[str, object]:
    """The `value` of a setting of `pins`."""
    return {"paths": [canonical.path(path) for path in pins.paths], "pinned": pins.pinned}


def read_pins(value: object, where: str) -> Pins:
    fields = _value(value, where)
    return Pins(paths=fields.paths("paths"), pinned=fields.flag("pinned"))


def guidance_value(setting: Principle | Withdrawn) -> dict[str, object]:
    """The `value` of a setting of `guidance`."""
    if isinstance(setting, Withdrawn):
        return {"withdrawn": list(setting.ids)}
    return {"priority": setting.priority, "text": canonical.text(setting.text)}


def read_guidance(value: object, where: str) -> Principle | Withdrawn:
    fields = _value(value, where)
    if "withdrawn" in fields:
        return Withdrawn(ids=fields.texts("withdrawn"))
    return Principle(
        text=fields.text("text"), priority=cast(Priority, fields.choice("priority", get_args(Priority)))
    )


def forgotten_value(versions: Sequence[Version]) -> dict[str, object]:
    """The `value` of a setting of `forgotten`. It names entries, and never what was forgotten of them."""
    entries = [{"oid": each.oid, "over": list(each.over), "path": each.path} for each in versions]
    return {"entries": entries}


def read_forgotten(value: object, where: str) -> tuple[Version, ...]:
    return tuple(
        Version(path=each.text("path"), oid=each.oid("oid"), over=each.oids("over"))
        for each in _value(value, where).objects("entries")
    )


def _value(value: object, where: str) -> Fields:
    if not isinstance(value, dict):
        raise BrokenSession(where, "'value' is not an object")
    return Fields(value, where)
