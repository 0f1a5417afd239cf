"""``%zbt doctor --v3``: is this sign-in, this portal and this notebook ready for the end of the classic API."""

import re
from typing import TYPE_CHECKING

from zbt_notebook.client.auth.scopes import FAMILY, SEARCH, TWIN_FAMILY, holds, twin
from zbt_notebook.client.errors import ZbtError
from zbt_notebook.client.foreign_json import objects
from zbt_notebook.client.quoting import counted
from zbt_notebook.notebook.magic.display.table import Table
from zbt_notebook.notebook.magic.grammar.parser import Options
from zbt_notebook.notebook.magic.session import Session

if TYPE_CHECKING:
    from zbt_notebook.client.connection import Connection

_END = "2026-12-31"
_CLASSIC = re.compile(r"/restapi/|(?:^|[\s\"'(])/portals?/")
_V3_PATH = re.compile(r"/api/v3(\.1)?/\S*")
_SHOWN = 8  # cells that are named


def examine_v3(console: Session, options: Options) -> Table:
    """Look at scopes, host, portal and cells; V3 is asked for its list of portals, nothing is changed."""
    connection = console.connection(options)
    rows = [("classic API", "off: V3 is taken" if connection.client.classic_is_off else f"ends on {_END}")]
    rows += _scopes(connection)
    rows += _host_and_portal(console, connection)
    rows.append(("cells", _cells(console)))
    return Table(("", ""), tuple(rows))


def _scopes(connection: "Connection") -> list[tuple[str, str]]:
    granted = connection.scopes
    if not granted:
        return [("scopes", "Zoho did not say which were granted")]
    wanted = {SEARCH if ".search." in scope else twin(scope) for scope in granted if scope.startswith(f"{FAMILY}.")}
    wanted.add(f"{TWIN_FAMILY}.custom_fields.READ")
    lacking = sorted(scope for scope in wanted if scope and not holds(granted, scope))
    if not lacking:
        return [("scopes", "each has its twin for V3")]
    return [("scopes", f"V3 may want {', '.join(lacking)}"), ("", f"%zbt login --add-scope {','.join(lacking)}")]


def _host_and_portal(console: Session, connection: "Connection") -> list[tuple[str, str]]:
    try:
        portals = connection.get("/api/v3/portals")
    except ZbtError as error:
        return [("V3", f"{error.message}. {error.hint}")]
    rows = [("V3", f"answers at {connection.status().v3_url}")]
    ids = {str(row.get("id")): str(row.get("portal_name") or row.get("name")) for row in objects(portals)}
    context = console.atlas(connection).context.portal
    numbers = (
        f"{context.name} is {context.id}"
        if context
        else ", ".join(f"{name} is {number}" for number, name in ids.items())
    )
    known = f"V3 wants the number: {numbers}"
    if context and str(context.id) not in ids:
        known = f"V3 does not list {context.name} ({context.id})"
    return [*rows, ("portal", known)]


def _cells(console: Session) -> str:
    manager = console.shell.history_manager
    sources = list(manager.input_hist_raw)[1:] if manager else []
    found = [str(number) for number, source in enumerate(sources, 1) if uses_classic(source)]
    if not found:
        return "none of this kernel's used a classic path"
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    shown_cells = ", ".join(f"[{number}]" for number in found[:_SHOWN])
    cells = counted(len(found), "cells")
    return f"{cells} used classic paths: {shown_cells}{more}. Run one when it is off: it says V3's line."


def uses_classic(source: str) -> bool:
    """Whether the text of a cell has a path of the classic API, with its prefix or without."""
    return _CLASSIC.search(_V3_PATH.sub(" ", source)) is not None
