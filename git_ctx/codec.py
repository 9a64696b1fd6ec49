"""The stored form: each entry of a session as canonical JSON, to and from the values of the model.

`decode_…` takes bytes that anyone may have written and `where` they stand; it returns a value or
raises `BrokenSession` (`NewerFormat` for a form of the future). `docs/format.md` describes the fields.
"""

from typing import cast, get_args

from git_ctx import canonical
from git_ctx.canonical import Fields
from git_ctx.model import (
    EVERYTHING,
    Ask,
    AskKind,
    Context,
    FileState,
    FileStates,
    Fork,
    Form,
    Format,
    Imported,
    Item,
    Kind,
    Link,
    Links,
    Prompt,
    Reply,
    Request,
    Save,
    Scope,
    Session,
)

_MODES = {"100644": 0o100644, "100755": 0o100755, "120000": 0o120000, "160000": 0o160000}
_MODE_NAMES = {number: name for name, number in _MODES.items()}


def encode_session(session: Session) -> bytes:
    return canonical.dump(
        {
            "created": canonical.time(session.created),
            "id": session.id,
            "name": session.name,
            "project": canonical.text(session.project),
        },
        "the session",
    )


def decode_session(data: bytes, where: str) -> Session:
    fields = canonical.load(data, where)
    return Session(
        id=fields.id("id"),
        name=fields.text("name"),
        project=fields.text("project"),
        created=fields.time("created"),
    )


def encode_prompt(prompt: Prompt) -> bytes:
    return canonical.dump(
        {
            "asked_at": canonical.time(prompt.asked_at),
            "author": canonical.text(prompt.author),
            "base": prompt.base,
            "branch": None if prompt.branch is None else canonical.path(prompt.branch),
            "id": prompt.id,
            "redacted": [canonical.text(rule) for rule in prompt.redacted],
            "snapshot": prompt.snapshot,
            "text": canonical.text(prompt.text),
            **({"imported": _imported(prompt.imported)} if prompt.imported else {}),
        },
        "the prompt",
    )


def decode_prompt(data: bytes, where: str) -> Prompt:
    fields = canonical.load(data, where)
    return Prompt(
        id=fields.id("id"),
        text=fields.text("text"),
        asked_at=fields.time("asked_at"),
        author=fields.text("author"),
        branch=fields.optional(fields.path, "branch"),
        base=fields.optional(fields.oid, "base"),
        snapshot=fields.optional(fields.oid, "snapshot"),
        redacted=fields.texts("redacted"),
        imported=_read_imported(fields.inner("imported")) if "imported" in fields else None,
    )


def encode_context(context: Context) -> bytes:
    return canonical.dump(
        {
            "after": context.after,
            "budget": context.budget,
            "conversation": canonical.text(context.conversation),
            "guidance": list(context.guidance),
            "items": [_item(item) for item in context.items],
            "kind": context.kind,
            "prompt": context.prompt,
            "rendered_as": context.format,
            "tokens": context.tokens,
            **({"scope": _scope(context.scope)} if context.scope != EVERYTHING else {}),
            **({"sections": dict(context.sections)} if context.sections else {}),
        },
        "the context",
    )


def decode_context(data: bytes, where: str) -> Context:
    fields = canonical.load(data, where)
    return Context(
        prompt=fields.id("prompt"),
        kind=cast(Kind, fields.choice("kind", get_args(Kind))),
        conversation=fields.text("conversation"),
        after=fields.optional(fields.id, "after"),
        budget=fields.number("budget"),
        tokens=fields.number("tokens"),
        format=cast(Format, fields.choice("rendered_as", get_args(Format))),
        items=tuple(_read_item(item) for item in fields.objects("items")),
        guidance=fields.texts("guidance") if "guidance" in fields else (),
        scope=_read_scope(fields.inner("scope")) if "scope" in fields else EVERYTHING,
        sections=fields.numbers("sections") if "sections" in fields else (),
    )


def encode_files(files: FileStates) -> bytes:
    return canonical.dump(
        {"base": files.base, "files": [_state(state) for state in files.states], "tree": files.tree},
        "the file states",
    )


def decode_files(data: bytes, where: str) -> FileStates:
    fields = canonical.load(data, where)
    return FileStates(
        base=fields.optional(fields.oid, "base"),
        tree=fields.optional(fields.oid, "tree"),
        states=tuple(_read_state(state) for state in fields.objects("files")),
    )


def encode_fork(fork: Fork) -> bytes:
    return canonical.dump(
        {
            "at": fork.at,
            "author": canonical.text(fork.author),
            "branch": canonical.path(fork.branch),
            "id": fork.id,
            "made_at": canonical.time(fork.made_at),
            "source": canonical.path(fork.source),
        },
        "the branch",
    )


def decode_fork(data: bytes, where: str) -> Fork:
    fields = canonical.load(data, where)
    return Fork(
        id=fields.id("id"),
        branch=fields.path("branch"),
        source=fields.path("source"),
        at=fields.optional(fields.id, "at"),
        author=fields.text("author"),
        made_at=fields.time("made_at"),
    )


def encode_request(request: Request) -> bytes:
    return canonical.dump(
        {
            "asked_at": canonical.time(request.asked_at),
            "asks": [_ask(ask) for ask in request.asks],
            "author": canonical.text(request.author),
            "budget": request.budget,
            "conversation": canonical.text(request.conversation),
            "id": request.id,
            "items": [_item(item) for item in request.items],
            "prompt": request.prompt,
            "rendered_as": request.format,
            "snapshot": request.snapshot,
            "tokens": request.tokens,
        },
        "the request",
    )


def decode_request(data: bytes, where: str) -> Request:
    fields = canonical.load(data, where)
    return Request(
        id=fields.id("id"),
        prompt=fields.optional(fields.id, "prompt"),
        conversation=fields.text("conversation"),
        asked_at=fields.time("asked_at"),
        author=fields.text("author"),
        asks=tuple(_read_ask(ask) for ask in fields.objects("asks")),
        snapshot=fields.optional(fields.oid, "snapshot"),
        budget=fields.number("budget"),
        tokens=fields.number("tokens"),
        format=cast(Format, fields.choice("rendered_as", get_args(Format))),
        items=tuple(_read_item(item) for item in fields.objects("items")),
    )


def encode_reply(reply: Reply) -> bytes:
    return canonical.dump(
        {
            "asks": [_ask(ask) for ask in reply.asks],
            "author": canonical.text(reply.author),
            "conversation": canonical.text(reply.conversation),
            "id": reply.id,
            "prompt": reply.prompt,
            "redacted": [canonical.text(rule) for rule in reply.redacted],
            "replied_at": canonical.time(reply.replied_at),
            "text": canonical.text(reply.text),
        },
        "the reply",
    )


def decode_reply(data: bytes, where: str) -> Reply:
    fields = canonical.load(data, where)
    return Reply(
        id=fields.id("id"),
        prompt=fields.id("prompt"),
        conversation=fields.text("conversation"),
        replied_at=fields.time("replied_at"),
        author=fields.text("author"),
        text=fields.text("text"),
        redacted=fields.texts("redacted"),
        asks=tuple(_read_ask(ask) for ask in fields.objects("asks")),
    )


def encode_save(save: Save) -> bytes:
    return canonical.dump(
        {
            "author": canonical.text(save.author),
            "base": save.base,
            "branch": None if save.branch is None else canonical.path(save.branch),
            "id": save.id,
            "message": canonical.text(save.message),
            "restored": save.restored,
            "saved_at": canonical.time(save.saved_at),
            "snapshot": save.snapshot,
        },
        "the save",
    )


def decode_save(data: bytes, where: str) -> Save:
    fields = canonical.load(data, where)
    return Save(
        id=fields.id("id"),
        message=fields.text("message"),
        saved_at=fields.time("saved_at"),
        author=fields.text("author"),
        branch=fields.optional(fields.path, "branch"),
        base=fields.optional(fields.oid, "base"),
        snapshot=fields.optional(fields.oid, "snapshot"),
        restored=fields.optional(fields.id, "restored"),
    )


def encode_links(links: Links) -> bytes:
    return canonical.dump(
        {
            "author": canonical.text(links.author),
            "commits": [_link(link) for link in links.commits],
            "id": links.id,
            "recorded_at": canonical.time(links.recorded_at),
        },
        "the commits",
    )


def decode_links(data: bytes, where: str) -> Links:
    fields = canonical.load(data, where)
    return Links(
        id=fields.id("id"),
        recorded_at=fields.time("recorded_at"),
        author=fields.text("author"),
        commits=tuple(_read_link(link) for link in fields.objects("commits")),
    )


def _link(link: Link) -> dict[str, object]:
    return {
        "combined": link.combined,
        "commit": link.commit,
        "parent": link.parent,
        "patch": link.patch,
        "prompts": list(link.prompts),
        "rewritten": list(link.rewritten),
        "since": link.since,
        "tree": link.tree,
    }


def _read_link(fields: Fields) -> Link:
    return Link(
        commit=fields.oid("commit"),
        tree=fields.oid("tree"),
        parent=fields.optional(fields.oid, "parent"),
        patch=fields.optional(fields.oid, "patch"),
        since=fields.optional(fields.oid, "since"),
        combined=fields.optional(fields.oid, "combined"),
        prompts=fields.ids("prompts"),
        rewritten=fields.oids("rewritten"),
    )


def _ask(ask: Ask) -> dict[str, object]:
    return {"kind": ask.kind, "reply": ask.reply, "what": canonical.path(ask.what)}


def _read_ask(fields: Fields) -> Ask:
    return Ask(
        kind=cast(AskKind, fields.choice("kind", get_args(AskKind))),
        what=fields.path("what"),
        reply=fields.optional(fields.id, "reply"),
    )


def _imported(imported: Imported) -> dict[str, object]:
    return {
        "agent": canonical.text(imported.agent),
        "conversation": canonical.text(imported.conversation),
    }


def _read_imported(fields: Fields) -> Imported:
    return Imported(agent=fields.text("agent"), conversation=fields.text("conversation"))


def _scope(scope: Scope) -> dict[str, object]:
    return {
        "changed": None if scope.changed is None else canonical.path(scope.changed),
        "exclude": [canonical.path(pattern) for pattern in scope.exclude],
        "include": [canonical.path(pattern) for pattern in scope.include],
        "languages": list(scope.languages),
        "tests": scope.tests,
    }


def _read_scope(fields: Fields) -> Scope:
    return Scope(
        exclude=fields.paths("exclude"),
        include=fields.paths("include"),
        languages=fields.texts("languages"),
        changed=fields.optional(fields.path, "changed"),
        tests=fields.optional(fields.flag, "tests"),
    )


def _item(item: Item) -> dict[str, object]:
    return {
        "form": item.form,
        "oid": item.oid,
        "path": canonical.path(item.path),
        "reasons": [canonical.text(reason) for reason in item.reasons],
        "tokens": item.tokens,
        **({"lines": canonical.spans(item.lines)} if item.lines else {}),
    }


def _read_item(fields: Fields) -> Item:
    return Item(
        path=fields.path("path"),
        oid=fields.optional(fields.oid, "oid"),
        form=cast(Form, fields.choice("form", get_args(Form))),
        tokens=fields.number("tokens"),
        reasons=fields.texts("reasons"),
        lines=fields.spans("lines") if "lines" in fields else (),
    )


def _state(state: FileState) -> dict[str, object]:
    return {
        "mode": None if state.mode is None else _MODE_NAMES.get(state.mode),  # git knows none for a FIFO
        "oid": state.oid,
        "path": canonical.path(state.path),
        "withheld": None if state.withheld is None else canonical.text(state.withheld),
    }


def _read_state(fields: Fields) -> FileState:
    return FileState(
        path=fields.path("path"),
        mode=fields.optional(lambda key: _MODES[fields.choice(key, tuple(_MODES))], "mode"),
        oid=fields.optional(fields.oid, "oid"),
        withheld=fields.optional(fields.text, "withheld"),
    )
