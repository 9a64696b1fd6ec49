"""git ctx mcp"""

import click

from git_ctx.errors import CtxError

ALLOWABLE = ("restore", "push")


class SdkMissing(CtxError):
    hint = "install it: pipx inject git-ctx 'mcp>=2', or pip install 'git-ctx[mcp]'"

    def __init__(self, problem: str | None) -> None:
        detail = f": {problem}" if problem else ", which is not installed"
        super().__init__(f"the MCP server needs version 2 of the package 'mcp'{detail}")


@click.command()
@click.option(
    "-C", "folder", default=".", type=click.Path(), metavar="DIR", help="Serve the repository at DIR."
)
@click.option(
    "--allow",
    multiple=True,
    type=click.Choice(ALLOWABLE),
    help="Offer a tool that changes files, or sends the session away.",
)
def command(folder: str, allow: tuple[str, ...]) -> None:
    """Serve agents over the Model Context Protocol, on standard input and output. Agents start this.

    They are offered the tools prompt, request, rank, search, status, log, show, save, pin and guide, and
    sessions and contexts as resources. It needs the extra 'mcp': pip install 'git-ctx[mcp]'.
    """
    import os
    from pathlib import Path

    try:
        from git_ctx.mcp.server import serve
    except ModuleNotFoundError:  # an older version lacks modules, too
        raise SdkMissing(None) from None
    except ImportError as error:
        raise SdkMissing(str(error)) from None
    serve(Path(os.path.realpath(folder)), allow)
