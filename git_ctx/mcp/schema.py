"""JSON schemas of what tools take and give, in as few words as an assistant needs."""

from typing import Any

Schema = dict[str, Any]

LONGEST = 1_000_000


def text(about: str, most: int = LONGEST) -> Schema:
    return {"type": "string", "description": about, "minLength": 1, "maxLength": most}


def choice(about: str, *values: str, default: str | None = None) -> Schema:
    return {"type": "string", "description": about, "enum": list(values)} | _default(default)


def number(about: str, most: int, default: int | None = None, least: int = 1) -> Schema:
    return {"type": "integer", "description": about, "minimum": least, "maximum": most} | _default(default)


def flag(about: str, default: bool | None = False) -> Schema:
    return {"type": "boolean", "description": about} | _default(default)


def texts(about: str, most: int = 20) -> Schema:
    return {
        "type": "array",
        "description": about,
        "items": {"type": "string", "maxLength": 4000},
        "maxItems": most,
    }


def takes(*required: str, **properties: Schema) -> Schema:
    """What a tool takes; what it does not know, it refuses: a misspelled option must not go unheard."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def gives(**properties: Schema | str) -> Schema:
    """What a tool gives: all of it, always. A word stands for a type, one with `?` may be null."""
    return {
        "type": "object",
        "properties": {name: _given(each) for name, each in properties.items()},
        "required": list(properties),
    }


def rows(**properties: Schema | str) -> Schema:
    return {"type": "array", "items": gives(**properties)}


def _given(each: Schema | str) -> Schema:
    if isinstance(each, dict):
        return each
    kind = each.removesuffix("?")
    return {"type": [kind, "null"] if each.endswith("?") else kind}


def _default(value: object) -> Schema:
    return {} if value is None else {"default": value}
