"""``%zbt login --wait`` at the left margin becomes an ``await``, so that the card works while the cell waits.

A magic runs within the cell's own turn: whatever it waits for there, a widget's message among it, waits too. Only an
``await`` lets the kernel go on. Indented, or where IPython runs no top-level ``await``, the magic itself waits as well
as it can.
"""

from typing import TYPE_CHECKING, Any

from zbt_notebook.notebook.magic.ipython.magic_lines import find_magic

if TYPE_CHECKING:
    from zbt_notebook.notebook.magic.session import Session

_WAITS = "__import__('zbt_notebook.notebook.magic.ipython.await_login', fromlist=['login']).login"


def add_transform(shell: Any) -> None:
    """Make the shell rewrite the line; twice does no harm."""
    if await_login not in shell.input_transformers_post:
        shell.input_transformers_post.append(await_login)


def remove_transform(shell: Any) -> None:
    """Leave lines as they are again."""
    if await_login in shell.input_transformers_post:
        shell.input_transformers_post.remove(await_login)


def await_login(lines: list[str]) -> list[str]:
    """Rewrite the lines of a cell, after IPython has made Python of its magics."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None and not getattr(shell, "autoawait", True):
        return lines
    return [_awaited(line) for line in lines]


def _awaited(line: str) -> str:
    found = find_magic(line) if "--wait" in line else None
    if found is None or found.head[:1].isspace() or not _asks_to_wait(found.words):
        return line
    return f"{found.head}await {_WAITS}({found.words!r}){found.tail}"


def _asks_to_wait(line: str) -> bool:
    first, _, rest = line.strip().partition(" ")
    return first == "login" and any(word.partition("=")[0] == "--wait" for word in rest.split())


async def login(line: str) -> Any:
    """Do what ``%zbt login --wait …`` says, and come back when the sign-in has ended."""
    from IPython import get_ipython

    from zbt_notebook.client.errors import ZbtError

    console = get_ipython().magics_manager.magics["line"]["zbt"].__self__.console
    try:
        return await _login(line, console)
    except ZbtError as error:
        console.failed(error, line)
        raise


async def _login(line: str, console: "Session") -> Any:
    from zbt_notebook.notebook.magic.commands.subcommands import login_arguments, note_login
    from zbt_notebook.notebook.magic.grammar.parser import parse
    from zbt_notebook.notebook.sign_in import login

    options = parse(line).options
    note_login(console, options)
    arguments = login_arguments(options)
    return await login.start_and_wait(seconds=arguments.pop("wait"), **arguments)
