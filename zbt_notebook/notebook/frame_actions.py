"""What ``df.zbt`` does: the web page of a row, the same question anew, a workbook."""

from contextlib import suppress
from operator import index
from typing import TYPE_CHECKING, Any

from zbt_notebook.client import frame_actions
from zbt_notebook.client.errors import UsageError, ZbtError

if TYPE_CHECKING:
    import pandas as pd


class Address(str):
    """A page's address, which a notebook shows as a link."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from html import escape

        return f'<a href="{escape(self)}" target="_blank" rel="noopener noreferrer">{escape(self)}</a>'


def open_page(frame: "pd.DataFrame", row: int = 0) -> Address:
    """Open the page of a row's bug where a browser is at hand, and give its address; UsageError where there is none."""
    try:
        record = frame.iloc[index(row)]
    except (IndexError, TypeError):
        wanted = f"{row!r:.60}"
        raise UsageError(f"the table has no row {wanted}", hint=f"It has {len(frame)}; the first is 0.") from None
    address = _address(frame, record)
    if not address:
        raise UsageError("this row does not tell its page", hint="It takes a row of bugs with its ids.")
    import webbrowser

    with suppress(webbrowser.Error):
        webbrowser.open(address)
    return Address(address)


def _address(frame: "pd.DataFrame", record: Any) -> str:
    from zbt_notebook.client import signed_in
    from zbt_notebook.notebook.magic.display.bug_card import web_address

    origin = frame.attrs.get("zbt") or {}
    connection = signed_in.current(origin.get("connection"))
    site = connection.data_center.api_url
    address = web_address(record.get("link.web.url"), site)
    if address:
        return address
    number = record.get("id") if origin.get("kind", "bugs") == "bugs" else record.get("bug.id")
    project = record.get("project.id")
    if not str(project).isdigit() or not str(number).isdigit():
        return ""
    with suppress(ZbtError):
        portal = connection.lookups.portal(str(origin.get("portal") or ""))
        return web_address(f"{site}/portal/{portal.name}#buginfo/{project}/{number}", site)
    return ""


def refetch(frame: "pd.DataFrame") -> "pd.DataFrame":
    """The same question as it is answered now."""
    import zbt_notebook

    return zbt_notebook.refetch(frame)


def excel(frame: "pd.DataFrame", file: str) -> str:
    """Write a workbook; the path of the file."""
    from zbt_notebook.notebook.magic.commands.save import check_path, save

    name = str(file)
    if not name.lower().endswith(".xlsx"):
        raise UsageError(f"{name!r} is no name of a workbook", hint="End it in .xlsx.")
    check_path(name)
    return str(save(frame, name))


def install() -> None:
    """Let ``df.zbt`` do these; nothing is imported for it before it is asked to."""
    frame_actions.teach({"open": open_page, "refetch": refetch, "excel": excel})
