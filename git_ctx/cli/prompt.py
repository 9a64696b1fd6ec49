"""git ctx prompt"""

from typing import TYPE_CHECKING, Any

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.prompt import Prompted
    from git_ctx.store.repo import Repo

FORMATS = click.Choice(["markdown", "xml", "json"])
MOST_LINES = 20
"""Of the last prompt, and of the files changed since, below a prompt in the editor."""


@click.command(cls=options.Steered)
@options.text
@options.file
@options.session
@click.option("-b", "--budget", type=options.Count(), metavar="N", help="Tokens at most (default: 20000).")
@click.option("--format", "form", type=FORMATS, default="markdown", show_default=True)
@click.option(
    "-o", "--output", "target", type=click.Path(), metavar="FILE", help="Write the context to FILE."
)
@click.option("--full", is_flag=True, help="Start the conversation over with a full context.")
@options.steering
@options.conversation
@click.option("--allow-secret", is_flag=True, help="Keep the text as it is, with what looks like a secret.")
@options.edit
@options.copy
@click.option(
    "--tokens", is_flag=True, help="Tell where the budget went, on stderr; in the JSON with --json."
)
@click.option("-q", "--quiet", is_flag=True, help="Print the context and nothing else.")
@options.json
def command(
    text: tuple[str, ...],
    source: str | None,
    session: str | None,
    budget: int | None,
    form: str,
    target: str | None,
    full: bool,
    conversation: str | None,
    allow_secret: bool,
    edit: bool,
    copied: bool,
    tokens: bool,
    quiet: bool,
    as_json: bool,
    **steering: Any,
) -> int:
    """Record a prompt and print the context that it needs.

    The first prompt of a conversation gets the whole picture within the budget: the files that matter,
    an overview, set-up instructions and guidance. Later ones get what has changed and what is new.

    Without a session on this branch, one is started and named after the prompt. Keys and passwords are
    redacted before anything is written. Without TEXT, on a terminal, your editor opens.

    GLOB is a pattern as in a .gitignore; with a slash it is seen from the current directory. Several may
    be joined by commas. Files that a .ctxignore names are in no context, except those that are pinned. A
    later prompt of a conversation keeps how it was steered, until it is steered anew or has --full.
    """
    from typing import cast

    from git_ctx import clock
    from git_ctx.cli import output, spent
    from git_ctx.cli.asked import asked, steered
    from git_ctx.errors import NotDelivered, UsageError
    from git_ctx.model import Format
    from git_ctx.porcelain.prompt import Wish, prompt, usual_budget
    from git_ctx.store import discover

    if copied and (target is not None or as_json):
        raise UsageError("give one of --copy, --output and --json")
    here = discover.find()
    wish = Wish(
        budget=budget or usual_budget(here),
        format=cast(Format, form),
        full=full,
        conversation=conversation,
        session=session,
        allow_secret=allow_secret,
        scope=steered(here, steering),
    )
    file = output.Target(target) if target is not None else None
    with asked(here, text, source, edit, lambda: _about(here, session)) as words:
        progress = output.Progress()
        done = prompt(here, words, wish, clock.now(), progress)
        progress.done()
    if not quiet:
        _tell(done)
    if tokens and not as_json:
        output.tell(spent.report(done.context))
    try:
        if file is not None:
            file.write(done.content)
        elif as_json:
            more = {"spent": spent.spent_json(done.context)} if tokens else {}
            output.json({**_as_json(done), **more})
        elif copied:
            from git_ctx.cli import clipboard

            return clipboard.deliver(done.content)
        else:
            output.content(done.content)
    except BrokenPipeError:
        raise
    except (KeyboardInterrupt, SystemExit) as cut:
        cut.add_note(f"the prompt stands, and need not be asked again: {NotDelivered.hint}")
        raise
    except OSError as error:
        raise NotDelivered((error.strerror or str(error)).lower()) from None
    return 0


def _about(here: "Repo", session: str | None) -> list[str]:
    """What helps to write a prompt: the last one, and what has changed since."""
    from git_ctx.cli import words
    from git_ctx.errors import NoSession
    from git_ctx.porcelain.status import status

    head = ["What stands above is the prompt; without it nothing is asked.", ""]
    try:
        found = status(here, session)
    except NoSession:
        return [*head, "There is no session here yet: one is begun and named after the prompt."]
    lines = [*head, f"Session {found.branch}, {words.count(found.prompts, 'prompt')}"]
    if found.last:
        lines += [f"Last prompt, {words.time(found.last.asked_at)}:", ""]
        lines += [f"    {line}" for line in found.last.text.split("\n")[:MOST_LINES]]
    if found.changed:
        lines += ["", "Changed since:"]
        lines += [f"    {change.status}: {change.path}" for change in found.changed[:MOST_LINES]]
    if len(found.changed) > MOST_LINES:
        lines.append(f"    and {len(found.changed) - MOST_LINES:,} more")
    return lines


def _tell(done: "Prompted") -> None:
    """What a person wants to know beside the context, on stderr."""
    from git_ctx.cli import output, words

    if done.started:
        output.say(f"started session '{done.branch.session}' on branch '{done.branch.branch}'")
    if done.forked:
        output.say(words.forked(done.forked))
    if done.recovered:
        output.say(f"note: kept {words.count(done.recovered, 'prompt')} of runs that were cut off")
    if done.prompt.redacted:
        output.say(f"warning: redacted from the prompt: {', '.join(done.prompt.redacted)}")
        output.say("hint: if it is none, --allow-secret keeps the text as it is")
    if done.allowed:
        output.say(f"note: kept as it is, though it looks like a secret: {', '.join(done.allowed)}")
    for state in done.files.states:
        if state.withheld:
            output.say(f"warning: withheld '{state.path}': {state.withheld}")
    output.say(f"[{done.branch} #{done.event.clock}] {words.summary(done.context)}")


def _as_json(done: "Prompted") -> dict[str, object]:
    from git_ctx.cli import words

    return {
        "session": done.branch.session,
        "branch": done.branch.branch,
        "event": done.event.clock,
        "started": done.started,
        "forked_from": str(done.forked.source) if done.forked else None,
        "prompt": words.prompt_json(done.prompt),
        "context": words.context_json(done.context),
        "withheld": [{"path": s.path, "reason": s.withheld} for s in done.files.states if s.withheld],
        "content": done.content,
    }
