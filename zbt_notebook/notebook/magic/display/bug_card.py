"""One bug, shown as a card and otherwise the dict that it is."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import urlsplit

from zbt_notebook.client.redactor import plain
from zbt_notebook.notebook.magic.display.html_text import paragraphs
from zbt_notebook.notebook.magic.display.table import MONO, QUIET, UI

_LONGEST = 20_000  # characters of all fields that the card unfolds
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_ADDRESS = re.compile(r"[!#-&(-;=?-\[\]-~]+")  # printable ASCII without quotes, angle brackets and backslash
_ID = re.compile(r"[0-9]{1,20}")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")  # a portal's, as it stands in an address
_ISSUE = re.compile(r"/api/v3/portal/(?P<portal>[0-9]+)/projects/(?P<project>[0-9]+)/issues(?:/[0-9]+)?/?")
_WIDEST = 88


class Bug(dict[str, Any]):
    """A bug as Zoho sent it; only how a notebook shows it is ours.

    Why a subclass: showing the card when the call is made would show it for ``x = %zbt …`` as well, and teaching
    IPython a new look for ``dict`` would change every dict of the user's. So this *is* a dict, for ``isinstance``,
    ``==``, ``json.dumps``, ``repr``, ``print`` and pandas. What is made of it (``x | y``, ``x.copy()``, ``copy``,
    ``pickle``) is a plain dict, so that nothing that is kept needs this package. ``--json`` gives a plain dict at once.
    """

    __slots__ = ("_page", "_site")

    def __init__(self, record: Mapping[str, Any], site: str = "", page: str = "") -> None:
        super().__init__(record)
        self._site = site  # the only origin that the card links to
        self._page = page  # where the record does not tell its page

    def __reduce_ex__(self, _protocol: Any) -> tuple[type[dict[Any, Any]], tuple[list[tuple[str, Any]]]]:
        return dict, (list(self.items()),)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001  IPython's signature
        is_alone = len(printer.stack) == 1
        printer.text(_as_text(self, self._link()) if is_alone and not cycle else repr(self))

    def _repr_html_(self) -> str:
        return _as_html(self, self._link())

    def _link(self) -> str:
        return web_address(_page_in(self), self._site) or web_address(self._page, self._site)


def is_bug(thing: Any) -> bool:
    """Whether an answer is one bug, in the classic spelling or V3's."""
    if not isinstance(thing, dict) or not isinstance(thing.get("status"), dict) or "severity" not in thing:
        return False
    return {"key", "title"} <= thing.keys() or {"prefix", "name"} <= thing.keys()


def web_address(address: Any, site: str) -> str:
    """Give the address back where it is a page of that site: same host, http or https; else an empty text."""
    if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
        return ""
    try:
        target, own = urlsplit(address), urlsplit(site)
    except ValueError:
        return ""
    is_web = target.scheme in {"http", "https"} and not (own.scheme == "https" and target.scheme == "http")
    return address if is_web and target.netloc and target.netloc.lower() == own.netloc.lower() else ""


def page_of_issue(path: str, bug: Mapping[str, Any], portals: Mapping[str, str], site: str) -> str:
    """The web page of a bug that V3 sent, which does not tell it; empty where the portal's name is not known.

    The classic API tells it, ``https://bugtracker.zoho.com/portal/acme#buginfo/{project}/{bug}`` (recorded), and ids
    are the same in both. *portals* are names by id.
    """
    found, identity = _ISSUE.fullmatch(path), str(bug.get("id"))
    name = portals.get(found["portal"], "") if found else ""
    is_sure = found and _NAME.fullmatch(name) and _ID.fullmatch(identity)
    return f"{site}/portal/{name}#buginfo/{found['project']}/{identity}" if found and is_sure else ""


def _key(bug: Mapping[str, Any]) -> str:
    return _word(bug.get("key") or bug.get("prefix"))


def _title(bug: Mapping[str, Any]) -> str:
    return _word(bug.get("title") or bug.get("name")) or "(no title)"


def _word(value: Any) -> str:
    """A value as a short text: an object by its name."""
    if isinstance(value, dict):
        value = next((value[name] for name in ("type", "value", "name") if value.get(name)), "")
    return plain(str(value)).strip()[:300] if isinstance(value, str | int) else ""


def _facts(bug: Mapping[str, Any]) -> list[tuple[str, str]]:
    facts = [
        ("Status", _word(bug.get("status"))),
        ("Severity", _word(bug.get("severity"))),
        ("Assignee", _word(bug.get("assignee_name") or bug.get("assignee"))),
        ("Reporter", _word(bug.get("reported_person") or bug.get("created_by"))),
        ("Milestone", _word(bug.get("milestone") or bug.get("release_milestone"))),
        ("Created", _time(bug, "created_time")),
        ("Updated", _time(bug, "updated_time") or _time(bug, "last_updated_time")),
        ("Due", _day(bug)),
    ]
    return [(name, value) for name, value in facts if value]


def _time(bug: Mapping[str, Any], name: str) -> str:
    moment = _moment(bug.get(f"{name}_long"))
    with suppress(ValueError, OverflowError):
        moment = moment or datetime.fromisoformat(_word(bug.get(name))).astimezone(UTC)
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else _word(bug.get(name))


def _day(bug: Mapping[str, Any]) -> str:
    moment = _moment(bug.get("due_date_long"))
    # Zoho gives midnight in the portal's own zone: the nearest midnight in UTC is the day that was meant
    return f"{moment + timedelta(hours=12):%Y-%m-%d}" if moment else _word(bug.get("due_date"))


def _moment(milliseconds: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _page_in(bug: Mapping[str, Any]) -> Any:
    links = bug.get("link")
    web = links.get("web") if isinstance(links, dict) else None
    return web.get("url") if isinstance(web, dict) else None


def _description(bug: Mapping[str, Any]) -> list[str]:
    description = bug.get("description")
    return paragraphs(description) if isinstance(description, str) else []


def _fields(bug: Mapping[str, Any]) -> str:
    text = json.dumps(dict(bug), ensure_ascii=False, indent=2, default=str)
    shown = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return "\n".join(_indented(line) for line in shown.split("\n"))


def _indented(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))] + plain(line.lstrip(" "))


def _as_text(bug: Mapping[str, Any], link: str) -> str:
    from textwrap import fill

    facts = dict(_facts(bug))
    head = [facts.pop(name) for name in ("Status", "Severity") if name in facts]
    rest = " · ".join(f"{name} {value}" for name, value in facts.items())
    lines = [f"{_key(bug)}  {_title(bug)}".strip(), " · ".join(head), fill(rest, _WIDEST), link]
    lines = [line for line in lines if line]
    for paragraph in _description(bug):
        lines += ["", *(fill(line, _WIDEST, subsequent_indent="  ") for line in paragraph.split("\n"))]
    return "\n".join([*lines, "", f"A dict of {len(bug)} fields: dict(_) shows them all."])


def _as_html(bug: Mapping[str, Any], link: str) -> str:
    key = _key(bug)
    anchor = f'<a href="{escape(link)}" target="_blank" rel="noopener noreferrer">Open in Zoho</a>' if link else ""
    facts = "".join(_fact(bug, name, value) for name, value in _facts(bug))
    prose = "".join(f'<p style="margin:0 0 8px">{_lines(part)}</p>' for part in _description(bug))
    described = (
        f'<div dir="auto" style="margin-top:10px;padding-top:10px;border-top:1px solid #8884;{_WRAP}">{prose}</div>'
        if prose
        else ""
    )
    return (
        f'<div class="zbt-bug tex2jax_ignore mathjax_ignore" role="group" '
        f'aria-label="{escape(f"Bug {key}")}" style="{UI}{_BOX}">'
        f'<div style="display:flex;gap:16px;justify-content:space-between;flex-wrap:wrap">'
        f'<span style="{MONO}{QUIET}">{escape(key)}</span>{anchor}</div>'
        f'<div dir="auto" style="font-size:16px;font-weight:600;margin:2px 0 8px;{_WRAP}">{escape(_title(bug))}</div>'
        f'<div style="display:flex;flex-wrap:wrap;gap:2px 20px">{facts}</div>{described}'
        f'<details style="margin-top:8px"><summary style="cursor:pointer;{QUIET}">All {len(bug)} fields</summary>'
        f'<pre style="{MONO}max-height:24rem;overflow:auto;white-space:pre-wrap;margin:6px 0 0;{_WRAP}" tabindex="0">'
        f"{escape(_fields(bug))}</pre></details></div>"
    )


_WRAP = "overflow-wrap:anywhere;"
_BOX = "max-width:46rem;margin:4px 0;padding:12px 16px;border:1px solid #8886;border-radius:10px;"


def _fact(bug: Mapping[str, Any], name: str, value: str) -> str:
    dot = _dot(bug) if name == "Status" else ""
    return f'<span style="{_WRAP}"><span style="{QUIET}">{name}</span> {dot}<bdi>{escape(value)}</bdi></span>'


def _dot(bug: Mapping[str, Any]) -> str:
    status = bug.get("status")
    colour = (status.get("colorcode") or status.get("color")) if isinstance(status, dict) else None
    if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
        return ""
    shape = "display:inline-block;width:9px;height:9px;border-radius:50%;margin-right:5px;border:1px solid #8888;"
    return f'<span aria-hidden="true" style="{shape}background:{colour}"></span>'


def _lines(paragraph: str) -> str:
    return "<br>".join(escape(line) for line in paragraph.split("\n"))
