"""The subcommands of ``%zbt``: each reads its line, asks, and returns what to show."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from zbt_notebook.client import signed_in
from zbt_notebook.client.errors import ZbtError
from zbt_notebook.client.redactor import plain
from zbt_notebook.notebook.magic.display.table import PlainText, Table, ago, listed, note
from zbt_notebook.notebook.magic.grammar.options import seconds
from zbt_notebook.notebook.magic.grammar.parser import CommandLine, Options
from zbt_notebook.notebook.magic.session import Session

if TYPE_CHECKING:
    from zbt_notebook.client.connection import Connection


def run(console: Session, line: CommandLine) -> Any:
    """Do what a subcommand's line says, and give what to show."""
    return _COMMANDS[line.subcommand](console, line)


def login_arguments(options: Options) -> dict[str, Any]:
    """Give what a login line says, as the arguments of ``zbt_notebook.login``."""
    from zbt_notebook.client.auth.scopes import PRESETS

    scopes: Any = options.get("scopes") or None
    if "read-only" in options and scopes is None:
        scopes = PRESETS["read only"]
    arguments: dict[str, Any] = {
        "mode": options.get("mode", "auto"),
        "data_center": options.get("dc") or None,
        "name": options.get("as") or None,
        "scopes": scopes,
        "add_scope": options.get("add-scope") or None,
        "sandbox": "sandbox" in options,
        "auto": "auto" in options,
        "remember": "remember" in options,
        "keep_old": "keep-old" in options,
        "shared_budget": "shared-budget" in options,
        "self_client": "self-client" in options,
        "client_id": options.get("client-id") or None,
        "redirect_uri": options.get("redirect-uri") or None,
    }
    if "wait" in options:
        arguments["wait"] = seconds(options.get("wait"))
    return arguments


def note_login(console: Session, options: Options) -> None:
    """Remember whether the sign-in that begins is for reading only; more scopes alone change nothing about that."""
    if "add-scope" in options and "read-only" not in options:
        return
    name = options.get("as", "default")
    (console.read_only.add if "read-only" in options else console.read_only.discard)(name)


def _login(console: Session, line: CommandLine) -> Any:
    from zbt_notebook.notebook.sign_in import login, sync_wait

    note_login(console, line.options)
    arguments = login_arguments(line.options)
    if "wait" in arguments and sync_wait.is_possible():
        return sync_wait.run(login.start_and_wait(seconds=arguments.pop("wait"), **arguments))
    connection = login.start(**arguments)
    if connection is None and "wait" in arguments:
        note("the card waits for you, but this cell does not: for that, write %zbt login --wait at the left margin")
    return connection


def _status(console: Session, line: CommandLine) -> Any:
    from zbt_notebook.client.auth.scopes import PROFILE
    from zbt_notebook.client.limits.token_budget import TOKEN_BUDGET
    from zbt_notebook.notebook.sign_in.begun import one_waits

    connections = signed_in.connections()
    if not connections and "as" not in line.options:
        waits = "A sign-in waits for you: finish the card above." if one_waits() else "Sign in: %zbt login"
        return PlainText(f"Not signed in. {waits}")
    connection = console.connection(line.options)
    connection.who.wait(_PATIENCE)
    status = connection.status()
    rows = [
        ("connection", status.name + (" (reading only)" if status.name in console.read_only else "")),
        ("account", status.account or f"not known; it is shown with the scope {PROFILE} (%zbt login --add-scope)"),
        ("data centre", f"{status.data_center} ({status.api_url})"),
        ("V3", f"at {status.v3_url}" if status.v3_url else "not asked yet"),
        ("client ID", status.client_id),
        ("state", _state(connection)),
        ("scopes", ", ".join(status.scopes_granted) or "Zoho did not say"),
    ]
    if status.scopes_missing:
        rows.append(("asked for, not granted", ", ".join(status.scopes_missing)))
    rows.append(("context", str(console.atlas(connection).context)))
    budget = f"{status.token_budget_left} of {TOKEN_BUDGET} access tokens left in these ten minutes"
    rows.append(("token budget", budget))
    rows += [("rate window", _window(window)) for window in status.windows]
    others = [other.name for other in connections if other is not connection]
    if others:
        rows.append(("other connections", ", ".join(others)))
    return Table(("", ""), tuple(rows))


_PATIENCE = 1.0  # seconds, for the answer to who has just signed in, where that is under way


def _state(connection: "Connection") -> str:
    status = connection.status()
    if not status.signed_in:
        return "signed out"
    renewal = "renewed by itself" if status.can_refresh else "not renewable: sign in again after that"
    return f"signed in; the token is good for {status.seconds_left / 60:.0f} min, {renewal}"


def _window(window: Any) -> str:
    locked = f", locked until {window.locked_until:%H:%M:%S} UTC" if window.locked_until else ""
    return f"{window.key}: {window.used} of {window.limit}{locked}"


def _accounts(console: Session, _line: CommandLine) -> Any:
    rows = tuple(
        (
            "*" if position == 0 else "",
            connection.name,
            connection.data_center.name,
            _state(connection),
            str(console.atlas(connection).context),
        )
        for position, connection in enumerate(signed_in.connections())
    )
    if not rows:
        return PlainText("Nobody is signed in. Sign in: %zbt login")
    return Table(("", "connection", "data centre", "state", "context"), rows)


def _switch(console: Session, line: CommandLine) -> Any:
    connection = signed_in.switch(line.arguments[0])
    context = console.atlas(connection).context
    return PlainText(f"{plain(connection.name)} is in use now; context: {context}")


def _refresh(console: Session, line: CommandLine) -> Any:
    status = console.connection(line.options).refresh()
    return PlainText(f"{plain(status.name)}: a fresh token, good for {status.seconds_left / 60:.0f} min")


def _logout(console: Session, line: CommandLine) -> Any:
    if "all" in line.options:
        connections = signed_in.connections()
    elif not signed_in.connections() and "as" not in line.options:
        connections = ()
    else:
        connections = (console.connection(line.options),)
    if not connections:
        return PlainText("Nobody is signed in: there is nothing to sign out of.")
    reports = []
    for connection in connections:
        try:
            reports.append(f"{plain(connection.name)}: {connection.logout()}")
        except KeyboardInterrupt:  # it is forgotten here all the same: the user is told what is left to do
            raise KeyboardInterrupt(f"{plain(connection.name)}: {connection.logout()}") from None
        finally:
            console.forget(connection)
    return PlainText("\n".join(reports))


def _use(console: Session, line: CommandLine) -> Any:
    connection = console.connection(line.options)
    atlas = console.atlas(connection)
    if not line.arguments:
        return _choose(console, connection)
    wanted = {name: value for name, _, value in (argument.partition("=") for argument in line.arguments)}
    context = atlas.use(wanted.get("portal"), wanted.get("project"))
    return PlainText(f"context: {context}")


def _choose(console: Session, connection: "Connection") -> Any:
    """Show what is in use and what there is: a picker where one can be drawn, else a text."""
    from zbt_notebook.notebook import environment

    if environment.may_draw_widgets() and environment.has_a_user():
        from zbt_notebook.notebook.magic.commands.project_picker import ProjectPicker

        return ProjectPicker(lambda: console.atlas(signed_in.current(connection.name)))
    atlas = console.atlas(connection)
    lines = [("context", str(atlas.context))]
    try:
        portals = atlas.all_portals()
        lines.append(("portals", listed((one.name for one in portals), most=_MOST)))
        inside = atlas.context.portal or (portals[0] if len(portals) == 1 else None)
        if inside:
            projects = (one.name for one in atlas.all_projects(inside))
            lines.append((f"projects of {inside.name}", listed(projects, most=_MOST)))
    except ZbtError as error:  # the context is told all the same
        lines.append(("choices", f"not to be had: {error.message}"))
    lines.append(("to choose", "%zbt use portal=NAME project=NAME"))
    return Table(("", ""), tuple(lines))


_MOST = 40


def _endpoints(_console: Session, line: CommandLine) -> Any:
    from zbt_notebook.notebook.magic.commands.endpoint_list import endpoint_list

    return endpoint_list(line.arguments[0] if line.arguments else "")


def _help(_console: Session, line: CommandLine) -> Any:
    from zbt_notebook.notebook.magic.commands.help_text import help_on

    return help_on(line.arguments[0] if line.arguments else "")


def _doctor(console: Session, line: CommandLine) -> Any:
    from zbt_notebook.notebook.magic.commands.doctor import examine
    from zbt_notebook.notebook.magic.commands.doctor_v3 import examine_v3

    return (examine_v3 if "v3" in line.options else examine)(console, line.options)


def _last(console: Session, _line: CommandLine) -> Any:
    last = console.last_call
    if last is None:
        return PlainText("No call was made in this kernel yet.")
    rows = [
        ("call", f"{last.method} {last.path}"),
        *(("parameter", f"{name}=={value}") for name, value in last.params),
        ("connection", last.connection),
        ("when", ago(console.clock() - last.began)),
        ("took", f"{last.seconds:.1f} s" if last.seconds >= 1 else f"{last.seconds * 1000:.0f} ms"),
        ("answer", last.outcome),
    ]
    return Table(("", ""), tuple(rows))


_COMMANDS: dict[str, Callable[[Session, CommandLine], Any]] = {
    "login": _login,
    "status": _status,
    "logout": _logout,
    "accounts": _accounts,
    "switch": _switch,
    "refresh": _refresh,
    "use": _use,
    "endpoints": _endpoints,
    "help": _help,
    "doctor": _doctor,
    "last": _last,
}
