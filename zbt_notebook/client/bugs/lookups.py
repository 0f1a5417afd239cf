"""A portal's own lists (statuses, people, milestones, fields …): fetched once a connection, and kept."""

import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from zbt_notebook.client.bugs.custom_fields import CustomField, of_classic, of_v3
from zbt_notebook.client.errors import ApiError, ScopeMissing, Unreachable, UsageError, ZbtError
from zbt_notebook.client.foreign_json import count, objects
from zbt_notebook.client.forks import ForkSafeLock
from zbt_notebook.client.lists.criteria import Choice
from zbt_notebook.client.lists.discovery import is_closed, is_default, portal_name, which_portal
from zbt_notebook.client.lists.field_names import forget_fields, issue_fields
from zbt_notebook.client.lists.fields import FIELDS
from zbt_notebook.client.lists.read_lists import read_list
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.client import ApiClient
from zbt_notebook.client.rest.retirement import is_retired
from zbt_notebook.client.suggestions import folded, there_are

PICK_LISTS = ("status", "severity", "classification", "module", "reproducible")
ORDERED = tuple(one.name for one in FIELDS["bugs"] if one.ranked)
_LEAST = frozenset({"minor", "low", "lowest", "trivial", "cosmetic"})  # a list of severities that begins so goes up
_CLASSIC_NAMES = {"reproducible": "priority"}  # where Zoho's default fields call it so
_V3_NAMES = {"reproducible": "is_it_reproducible"}
_FRESH = timedelta(minutes=1)  # a list as old as this is fetched anew before a name in it is called unknown


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the portal, under every name by which Zoho knows them."""

    name: str
    email: str = field(default="", repr=False)
    zpuid: str = ""
    zuid: str = ""
    active: bool = True

    @property
    def choice(self) -> Choice:
        """The person as a value of a filter."""
        ids = tuple(filter(None, (self.zpuid, self.zuid, self.email)))
        return Choice(ids[0] if ids else "", self.name, ids[1:])


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal: its zone is the one that its days are counted in."""

    id: str
    name: str
    zone: tzinfo = UTC
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """A project; *prefix* is what its bugs' keys begin with, where Zoho tells it."""

    id: str
    name: str
    prefix: str = ""
    count: int | None = None  # of its bugs, as it announces them


class Lookups:
    """The lists of whatever a connection sees. Each is asked for when it is first wanted; ``forget`` drops them all."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._kept: dict[tuple[str, ...], Any] = {}
        self._fetched: dict[tuple[str, ...], datetime] = {}  # when
        self.prefixes: dict[str, str] = {}  # by project: what its bugs' keys were seen to begin with
        self.learning: dict[str, threading.Thread] = {}  # by project: who fetches what completion offers
        self._lock = ForkSafeLock(threading.RLock)

    def forget(self, *key: str) -> None:
        """Keep nothing, or not what is kept under one name: when it is asked for next it is fetched anew."""
        with self._lock:
            if key:
                self._kept.pop(key, None)
            else:
                self._kept.clear()
                self.learning.clear()
                forget_fields(self._client)

    def outdated(self, *whats: str) -> bool:
        """Forget the lists of these kinds that are not of the last minute; whether there were any.

        A name that they do not have may be new.
        """
        latest = self._client.today() - _FRESH
        with self._lock:
            old = [key for key, at in self._fetched.items() if key[0] in whats and at < latest and key in self._kept]
            for key in old:
                del self._kept[key]
        if "v3 fields" in {key[0] for key in old}:
            forget_fields(self._client)
        return bool(old)

    def kept(self, *key: str) -> Any:
        """What was fetched before under that name, without asking anybody; None for anything else."""
        return self._kept.get(key)

    def everything(self) -> list[tuple[tuple[str, ...], Any]]:
        """All that was fetched so far, with what it is called."""
        return list(self._kept.items())

    def _once(self, key: tuple[str, ...], fetch: Callable[[], Any]) -> Any:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = fetch()
                self._fetched[key] = self._client.today()
            return self._kept[key]

    def _rows(self, path: str, *params: tuple[str, str]) -> list[Any]:
        return objects(read_list(self._client, ApiCall("GET", path, params)))

    # -- where

    @property
    def is_v3(self) -> bool:
        """Whether the classic API is gone, and V3 is spoken."""
        self.portals()
        if self._client.classic_is_off and not self._kept[("v3",)]:
            self.forget()  # another call has found it out since
            self.portals()
        return bool(self._kept[("v3",)])

    def portals(self) -> tuple[Portal, ...]:
        """Every portal of the account."""
        return self._once(("portals",), self._fetch_portals)  # type: ignore[no-any-return]

    def _fetch_portals(self) -> tuple[Portal, ...]:
        classic, v3 = "/restapi/portals/", False
        try:
            rows = [] if self._client.classic_is_off else self._rows(classic)
            v3 = self._client.classic_is_off
        except (ApiError, Unreachable) as error:
            if not is_retired(self._client, error, classic):
                raise
            v3 = True
        if v3:
            rows = self._rows("/api/v3/portals")
            self._client.classic_is_off = True
        self._kept[("v3",)] = v3
        return tuple(_portal(row) for row in rows)

    def portal(self, wanted: str = "") -> Portal:
        """The portal of that id or name, or the only or usual one; UsageError where that is none."""
        portals = self.portals()
        usual = [one for one in portals if one.is_default]
        if not wanted and (len(portals) == 1 or len(usual) == 1):
            return portals[0] if len(portals) == 1 else usual[0]
        for one in portals:
            if wanted and folded(wanted) in {one.id, folded(one.name)}:
                return one
        raise which_portal(wanted, [one.name for one in portals])

    def projects(self, portal: Portal) -> tuple[Project, ...]:
        """The active projects of a portal."""
        return self._once(("projects", portal.id), lambda: self._fetch_projects(portal))  # type: ignore[no-any-return]

    def _fetch_projects(self, portal: Portal) -> tuple[Project, ...]:
        if self.is_v3:
            rows = self._rows(f"/api/v3/portal/{portal.id}/projects")
            rows = [row for row in rows if not is_closed(row)]
        else:
            rows = self._rows(f"/restapi/portal/{portal.id}/projects/")
        return tuple(
            Project(str(row["id"]), str(row.get("name") or ""), str(row.get("key") or ""), _count(row))
            for row in rows
            if row.get("id")
        )

    def chosen(self, portal: Portal, wanted: Iterable[str]) -> tuple[Project, ...]:
        """The projects of those ids or names; all of them where none is named. UsageError for an unknown one."""
        projects, names = self.projects(portal), list(wanted)
        try:
            return tuple(self._project(projects, name) for name in dict.fromkeys(names)) if names else projects
        except UsageError:
            if self.outdated("projects"):
                return self.chosen(portal, names)
            raise

    @staticmethod
    def _project(projects: tuple[Project, ...], wanted: str) -> Project:
        word = folded(wanted)
        found = [one for one in projects if word == one.id] or [one for one in projects if word == folded(one.name)]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(one.id for one in found)
            raise UsageError(f"{len(found)} projects are called {shown(wanted)}", hint=f"Take one by its id: {ids}.")
        names = [one.name for one in projects]
        raise UsageError(f"there is no active project {shown(wanted)}", hint=there_are(wanted, names, most=12))

    # -- what a bug may hold

    def choices(self, portal: Portal, project: Project, name: str) -> tuple[Choice, ...]:
        """The values of a pick list of a project's bugs, in Zoho's own order; none where it has no such list."""
        return self._table(portal.id, project.id, v3=self.is_v3).get(name, ())

    def _table(self, portal: str, project: str, *, v3: bool) -> dict[str, tuple[Choice, ...]]:
        def fetch() -> dict[str, tuple[Choice, ...]]:
            return self._choices_of_v3(portal) if v3 else self._choices_of_classic(portal, project)

        return self._once(("fields", portal) if v3 else ("fields", portal, project), fetch)  # type: ignore[no-any-return]

    def orders(self, said: str, projects: Sequence[str] = (), *, v3: bool = False) -> dict[str, tuple[str, ...]]:
        """The words of status and severity in a portal, the least first; of none where Zoho does not tell its lists.

        Statuses are in the order of Zoho's list, severities the other way round where that has the worst first.

        While nothing of it was fetched the first of *projects* is asked about: once, though it be refused.
        """
        known: tuple[Portal, ...] = self.kept("portals") or ()
        portal = next((one.id for one in known if folded(said) in {one.id, folded(one.name)}), said)
        if projects and not self._tables(portal) and not self.kept("no order", portal):
            try:
                self._table(portal, projects[0], v3=v3)
            except ZbtError:  # a table without an order is a table all the same
                self._kept["no order", portal] = True
        words = {
            name: dict.fromkeys(one.name for row in self._tables(portal) for one in row.get(name, ()))
            for name in ORDERED
        }
        return {name: _least_first(name, list(found)) for name, found in words.items() if found}

    def _tables(self, portal: str) -> list[Mapping[str, tuple[Choice, ...]]]:
        return [value for key, value in self.everything() if key[:2] == ("fields", portal)]

    def _choices_of_classic(self, portal: str, project: str) -> dict[str, tuple[Choice, ...]]:
        path = f"/restapi/portal/{portal}/projects/{project}/bugs/defaultfields/"
        body = self._client.fetch(ApiCall("GET", path)).body
        answer = body.get("defaultfields") if isinstance(body, dict) else None
        lists = answer if isinstance(answer, dict) else {}
        found = {}
        for name in PICK_LISTS:
            theirs = _CLASSIC_NAMES.get(name, name)
            # Zoho's page spells one of them status_deatils, and real answers were seen with either
            rows = objects(next((lists[key] for key in lists if re.fullmatch(rf"{theirs}_de\w+", key)), None))
            found[name] = tuple(Choice(str(row.get(f"{theirs}_id")), str(row.get(f"{theirs}_name"))) for row in rows)
        return found

    def _v3_fields(self, portal: str) -> list[Any]:
        def fetch() -> list[Any]:
            try:
                return issue_fields(self._client, portal)
            except ScopeMissing:  # then names are taken as they are said, and the records tell
                return []

        return self._once(("v3 fields", portal), fetch)  # type: ignore[no-any-return]

    def _choices_of_v3(self, portal: str) -> dict[str, tuple[Choice, ...]]:
        found: dict[str, tuple[Choice, ...]] = {}
        by_name = {str(row.get("api_name")): row for row in self._v3_fields(portal)}
        for name in PICK_LISTS:
            rows = by_name.get(_V3_NAMES.get(name, name), {}).get("pick_list_values")
            found[name] = tuple(
                Choice(str(row.get("id") or ""), str(row.get("value") or row.get("name") or ""))
                for row in objects(rows)
            )
        if not found["status"]:  # statuses hang on the layout
            rows = self._statuses(portal)
            found["status"] = tuple(dict.fromkeys(Choice(str(row.get("id")), str(row.get("name"))) for row in rows))
        return found

    def closing(self, portal: Portal) -> frozenset[str]:
        """The statuses that close a bug, by name, where Zoho tells: V3's layouts do."""
        rows = self._statuses(portal.id) if self.is_v3 else ()
        return frozenset(str(row.get("name")) for row in rows if row.get("is_closed_type") is True)

    def _statuses(self, portal: str) -> list[Any]:
        """The statuses on V3's layouts of issues; none where it does not tell them."""

        def fetch() -> list[Any]:
            with suppress(ApiError):
                layouts = self._rows(f"/api/v3/portal/{portal}/settings/layouts", ("module", "issues"))
                return [row for layout in layouts for row in objects(layout.get("statuses"))]
            return []

        return self._once(("layouts", portal), fetch)  # type: ignore[no-any-return]

    def milestones(self, portal: Portal, project: Project) -> tuple[Choice, ...]:
        """The milestones of a project."""
        return self._once(  # type: ignore[no-any-return]
            ("milestones", portal.id, project.id), lambda: self._fetch_milestones(portal, project)
        )

    def _fetch_milestones(self, portal: Portal, project: Project) -> tuple[Choice, ...]:
        if self.is_v3:
            rows = self._rows(f"/api/v3/portal/{portal.id}/projects/{project.id}/milestones")
        else:
            path = f"/restapi/portal/{portal.id}/projects/{project.id}/milestones/"
            rows = self._rows(path, ("status", "all"))
        return tuple(Choice(str(row.get("id_string") or row.get("id")), str(row.get("name"))) for row in rows)

    def custom_fields(self, portal: Portal, project: Project) -> tuple[CustomField, ...]:
        """The fields that the portal added to the bugs of a project."""
        key = ("custom fields", portal.id) if self.is_v3 else ("custom fields", portal.id, project.id)
        return self._once(key, lambda: self._fetch_custom_fields(portal, project))  # type: ignore[no-any-return]

    def _fetch_custom_fields(self, portal: Portal, project: Project) -> tuple[CustomField, ...]:
        if self.is_v3:
            return tuple(of_v3(row) for row in self._v3_fields(portal.id) if row.get("is_custom_field") is True)
        path = f"/restapi/portal/{portal.id}/projects/{project.id}/bugs/customfields/"
        return tuple(of_classic(row) for row in self._rows(path) if row.get("label_name"))

    # -- who

    def people(self, portal: Portal) -> tuple[Person, ...]:
        """The users of a portal, those who are no longer active too: old bugs are theirs."""
        return self._once(("people", portal.id), lambda: self._fetch_people(portal))  # type: ignore[no-any-return]

    def _fetch_people(self, portal: Portal) -> tuple[Person, ...]:
        if self.is_v3:
            return tuple(map(_person_of_v3, self._rows(f"/api/v3/portal/{portal.id}/users")))
        rows = self._rows(f"/restapi/portal/{portal.id}/users/", ("user_type", "all"))
        return tuple(
            Person(
                str(row.get("name") or row.get("email") or ""),
                str(row.get("email") or ""),
                str(row.get("zpuid") or ""),
                str(row.get("id") or ""),
                row.get("active") is not False,
            )
            for row in rows
        )

    def tags(self, portal: Portal) -> tuple[Choice, ...]:
        """The tags of a portal."""

        def fetch() -> tuple[Choice, ...]:
            rows = self._rows(f"/api/v3/portal/{portal.id}/tags")
            return tuple(Choice(str(row.get("id")), str(row.get("name"))) for row in rows)

        return self._once(("tags", portal.id), fetch)  # type: ignore[no-any-return]


def _least_first(name: str, words: list[str]) -> tuple[str, ...]:
    """So that the greatest severity is the worst: Zoho's own list goes from Show stopper to Minor, after None."""
    unset = [word for word in words if word.casefold() == "none"]
    named = [word for word in words if word not in unset]
    is_upside_down = name == "severity" and named[:1] and named[0].casefold() not in _LEAST
    return (*unset, *reversed(named)) if is_upside_down else tuple(words)


def _portal(row: Mapping[str, Any]) -> Portal:
    settings = row.get("settings")
    named = settings.get("time_zone") if isinstance(settings, dict) else None
    zone = _zone(str(named or row.get("timezone") or ""), str(row.get("gmt_time_zone") or ""))
    return Portal(str(row.get("id")), portal_name(row), zone, is_default(row))


def _zone(name: str, label: str) -> tzinfo:
    """The zone by its name, else by the hours that Zoho tells, as in ``(GMT -3:0) Brasilia Time``; else UTC."""
    with suppress(Exception):  # whatever stands there may be no zone, and a machine may lack the data of all
        return ZoneInfo(name)
    for text in (label, name):
        if found := re.search(r"GMT\s*([+-]?)(\d{1,2}):(\d{1,2})", text):
            offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
            return timezone(-offset if found[1] == "-" else offset)
    return UTC


def _count(row: Mapping[str, Any]) -> int | None:
    counts = row.get("bug_count")
    opened, closed = (count(counts.get(part)) if isinstance(counts, dict) else None for part in ("open", "closed"))
    return None if opened is None or closed is None else opened + closed


def _person_of_v3(row: Mapping[str, Any]) -> Person:
    zuid, own = row.get("zuid"), row.get("id")
    name = row.get("name") or row.get("full_name") or row.get("display_name") or row.get("email") or ""
    active = row["is_active"] if "is_active" in row else row.get("status", "active") == "active"
    return Person(
        str(name), str(row.get("email") or ""), str(row.get("zpuid") or own or ""), str(zuid or ""), active is not False
    )
