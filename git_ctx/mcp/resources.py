"""Sessions and contexts as resources: `ctx://session/NAME@BRANCH`, `ctx://context/REV`."""

from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from git_ctx.errors import UsageError
from git_ctx.mcp import looking
from git_ctx.mcp.answer import Answer, count, excerpt, part, plain_text
from git_ctx.mcp.tool import Call
from git_ctx.value import dataclass

if TYPE_CHECKING:
    from git_ctx.api import Project

MOST = 100
SESSION = "ctx://session/"
CONTEXT = "ctx://context/"
TEMPLATES = {
    f"{SESSION}{{name}}": ("session", "The last prompts of a session: NAME or NAME@BRANCH, percent-encoded."),
    f"{CONTEXT}{{revision}}": (
        "context",
        "The exact context that a prompt was given: @, @~1, %2312 or an id.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    uri: str
    name: str
    about: str


class NoSuchResource(UsageError):
    hint = f"there are {SESSION}NAME and {CONTEXT}REV"

    def __init__(self, uri: str) -> None:
        super().__init__(f"no such resource: '{uri[:400]}'")


def listing(project: "Project") -> list[Resource]:
    """The open sessions, the last used first; and the last context of the current one."""
    rows = [row for row in project.sessions() if row.listed.problem is None][:MOST]
    found = [
        Resource(
            uri=SESSION + _encoded(str(row.listed.branch)),
            name=plain_text(str(row.listed.branch)),
            about=plain_text(
                f"{row.state}, {count(row.listed.prompts, 'prompt')}; {excerpt(row.listed.subject)}"
            ),
        )
        for row in rows
    ]
    current = next((row for row in rows if row.current and row.listed.prompts), None)
    asked = (one for one in project.log(session=str(current.listed.branch)) if one.prompt) if current else ()
    for one in islice(asked, 1):
        about = f"the context of the last prompt, #{one.event.clock}"
        found.insert(0, Resource(uri=CONTEXT + one.event.id, name=f"#{one.event.clock}", about=about))
    return found


def read(call: Call, uri: str) -> Answer:
    """What a resource holds. Raises `NoSuchResource`, and what finding the session or revision raises."""
    for prefix, answer in ((SESSION, _session), (CONTEXT, _context)):
        if uri.startswith(prefix) and len(uri) > len(prefix):
            return answer(call, unquote(uri.removeprefix(prefix), errors="surrogateescape"))
    raise NoSuchResource(uri)


def _session(call: Call, name: str) -> Answer:
    return looking.history(call.project, name, MOST)


def _context(call: Call, revision: str) -> Answer:
    return part(looking.context(call, revision), 0)


def _encoded(name: str) -> str:
    return quote(name, safe="@", errors="surrogateescape")
