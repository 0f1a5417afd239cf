"""One call of the API, as its handler sees it, and the answer it gives."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from zbt_notebook.simulator.bugtracker import dates, refusals
from zbt_notebook.simulator.bugtracker.kinds import Json, Whole
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.store import Store
from zbt_notebook.simulator.data.portal import PORTAL_ID
from zbt_notebook.simulator.data.rows import Bug, Member, Project
from zbt_notebook.simulator.http import Request, Upload
from zbt_notebook.simulator.sites import Site
from zbt_notebook.simulator.switches import Switches

DEFAULT_RANGE = 100
MOST_PER_PAGE = 200

PAGING = (
    Parameter("index", Whole(), about="Position of the first record, counted from 1."),
    Parameter("range", Whole(1), about="Records of a page: 100 unless told, 200 at most."),
)

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler gives: a status and a JSON value, or JSON text, or a file, or nothing at all."""

    status: int = 200
    value: Any = None
    text: str = field(default="", repr=False)
    content: bytes | None = field(default=None, repr=False)
    content_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()


NOTHING = Answer(204)


def listing(name: str, items: Sequence[Json], status: int = 200) -> Answer:
    """Wrap records in their envelope; an empty list is a 204 without a body."""
    return Answer(status, {name: items}) if items else NOTHING


def succeeded(what: str) -> Answer:
    """Say so in a sentence, where there is no record to show: ``Event deleted successfully``."""
    return Answer(200, {"response": f"{what} successfully"})


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose URL, token, scope and parameters are already found right."""

    request: Request
    path: dict[str, str]
    values: Json
    store: Store
    user: Member
    now_ms: int
    switches: Switches
    site: Site

    @property
    def offset(self) -> int:
        """The portal's time zone, in minutes from UTC."""
        return self.switches.portal_utc_offset

    @property
    def project(self) -> Project:
        """The project of the path; Refused where there is none, or where it is in the bin."""
        project = self.any_project
        if project.trashed:
            raise refusals.trashed("Project")
        return project

    @property
    def any_project(self) -> Project:
        """The project of the path, in the bin or not; Refused where there is none."""
        return self.store.projects.find(self.number("project"), "Project")

    @property
    def bug(self) -> Bug:
        """The bug of the path; Refused where this project has none of that id."""
        return self.store.bugs.find(self.number("bug"), "Bug", self.project.id)

    @property
    def uploads(self) -> tuple[Upload, ...]:
        """Files of the body."""
        return self.request.uploads

    def columns(self, *same: str, **others: str) -> Json:
        """Whatever of these was sent, as columns of a row; those of *others* have another name there."""
        names = dict(zip(same, same, strict=True)) | others
        return {column: self.values[name] for name, column in names.items() if name in self.values}

    def number(self, name: str) -> int:
        """An id of the path."""
        return int(self.path[name])

    def page(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Cut the page that ``index`` and ``range`` ask for."""
        size: int = self.values.get("range", DEFAULT_RANGE)
        first: int = self.values.get("index", 1)
        if size > MOST_PER_PAGE and self.switches.range_over_max == "refuse":
            raise refusals.invalid_value("range")
        if not first and self.switches.index_zero == "refuse":
            raise refusals.invalid_value("index")
        start = max(first - 1, 0)
        return rows[start : start + min(size, MOST_PER_PAGE)]

    def link(self, *parts: object) -> Json:
        """A link as classic answers hold it, below the portal."""
        return {"url": f"{self.site.api_url}/restapi/portal/{PORTAL_ID}/{'/'.join(map(str, parts))}/"}

    def name(self, member_id: int) -> str:
        """A user's name; what Zoho says where nobody is meant."""
        return self.store.member_name(member_id)

    def triple(self, name: str, at_ms: int) -> Json:
        """Date triple of a moment."""
        return dates.triple(name, at_ms, self.offset)

    def day_triple(self, name: str, day_ms: int) -> Json:
        """Date triple of a calendar day."""
        return dates.day_triple(name, day_ms, self.offset)
