"""Milestones, which V3 calls phases: below either word, and in v3.1 with other keys and dates."""

from dataclasses import dataclass, replace

from zbt_notebook.simulator.bugtracker import dates, refusals
from zbt_notebook.simulator.bugtracker.call import NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.classic.milestones import forget_milestone
from zbt_notebook.simulator.bugtracker.kinds import Day, Identifier, Identifiers, Json, Link, OneOf, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import one, paged
from zbt_notebook.simulator.bugtracker.v3.filters import Field, Filter, filtered, zpuid
from zbt_notebook.simulator.bugtracker.v3.issue_query import SortBy
from zbt_notebook.simulator.bugtracker.v3.paging import enveloped, listed
from zbt_notebook.simulator.bugtracker.v3.paths import J31, P31, J, P
from zbt_notebook.simulator.bugtracker.v3.people import person
from zbt_notebook.simulator.data.portal import ID_BASE
from zbt_notebook.simulator.data.rows import Milestone
from zbt_notebook.simulator.switches import Switches

_SORTED = {
    "name": lambda row: row.name.casefold(),
    "start_date": lambda row: row.start_ms,
    "end_date": lambda row: row.end_ms,
    "created_time": lambda row: row.id,
}


@dataclass(frozen=True, slots=True)
class MonthFirst:
    """A day written ``MM-DD-YYYY``, or with slashes, as v3 wants it of milestones: ISO is an invalid value there."""

    def read(self, name: str, value: object) -> int:
        """Take the day as milliseconds."""
        try:
            return dates.read_day(str(value).replace("/", "-"))
        except ValueError:
            raise refusals.invalid_value(name) from None

    def schema(self) -> Json:
        """A string."""
        return Day().schema()


def _shape(call: Call, milestone: Milestone) -> Json:
    done = milestone.completed_ms is not None
    status = (ID_BASE + 6_104, "Completed") if done else (ID_BASE + 6_101, "Active")
    return {
        "id": str(milestone.id),
        "name": milestone.name,
        "start_date": dates.iso_day(milestone.start_ms),
        "end_date": dates.iso_day(milestone.end_ms),
        "flag": "internal" if milestone.internal else "external",
        "owner": person(call, milestone.owner),
        "created_time": dates.iso(milestone.start_ms - 14 * dates.DAY_MS),
        "status": {"id": str(status[0]), "name": status[1], "is_closed_type": done},
        "project": {
            "id": str(milestone.project_id),
            "name": call.store.projects.find(milestone.project_id, "Project").name,
        },
    }


def _list(call: Call, key: str, rows: list[Milestone]) -> Answer:
    rows = filtered(call, rows, _fields_of(call))
    if "milestone_ids" in call.values:
        rows = [row for row in rows if row.id in call.values["milestone_ids"]]
    if "sort_by" in call.values:
        field, falling = call.values["sort_by"]
        rows = sorted(rows, key=_SORTED[field], reverse=falling)
    return enveloped(call, key, rows, lambda row: _shape(call, row))


def _fields_of(call: Call) -> dict[str, Field]:
    """What a filter may ask of milestones."""
    return {
        "name": ("text", lambda row: [row.name.casefold()]),
        "owner": ("user", lambda row: zpuid(call, row.owner)),
        "flag": ("pick", lambda row: ["internal" if row.internal else "external"]),
        "start_date": ("day", lambda row: [row.start_ms]),
        "end_date": ("day", lambda row: [row.end_ms]),
        "status": ("text", lambda row: ["active" if row.completed_ms is None else "completed"]),
    }


def list_phases(call: Call) -> Answer:
    """List a project's milestones; the key is the old word, whichever the path has."""
    return _list(call, "milestones", call.store.milestones.of(call.project.id))


def list_phases_31(call: Call) -> Answer:
    """List them in v3.1's word."""
    return _list(call, "phases", call.store.milestones.of(call.project.id))


def list_all_phases(call: Call) -> Answer:
    """List the milestones of all projects."""
    return _list(call, "milestones", list(call.store.milestones))


def list_all_phases_31(call: Call) -> Answer:
    """List them in v3.1's word."""
    return _list(call, "phases", list(call.store.milestones))


def _row(call: Call) -> Milestone:
    return call.store.milestones.find(call.number("milestone"), "Milestone", call.project.id)


def get_phase(call: Call) -> Answer:
    """Show one milestone."""
    return Answer(200, _shape(call, _row(call)))


def _owner(call: Call, otherwise: int) -> int:
    zpuid = call.values.get("owner_zpuid") or call.values.get("owner")
    return call.store.find_member(zpuid, "Owner").id if zpuid else otherwise


def create_phase(call: Call) -> Answer:
    """Add a milestone."""
    values = call.values
    start: int = values.get("start_date", dates.today(call.now_ms, call.offset))
    made = Milestone(
        id=call.store.take_id(),
        project_id=call.project.id,
        name=values["name"],
        owner=_owner(call, call.user.id),
        start_ms=start,
        end_ms=values.get("end_date", start),
        internal=values.get("flag", "internal") == "internal",
    )
    return Answer(201, _shape(call, call.store.milestones.put(made)))


def update_phase(call: Call) -> Answer:
    """Change a milestone."""
    row, values = _row(call), call.values
    changed = call.store.milestones.change(
        row,
        owner=_owner(call, row.owner),
        internal=values["flag"] == "internal" if "flag" in values else row.internal,
        **call.columns("name", start_date="start_ms", end_date="end_ms"),
    )
    return Answer(200, _shape(call, changed))


def delete_phase(call: Call) -> Answer:
    """Delete a milestone; its bugs stay, without one."""
    forget_milestone(call, _row(call))
    return NOTHING


def list_followers(call: Call) -> Answer:
    """List who follows a milestone: its owner."""
    return enveloped(call, "followers", [_row(call).owner], lambda member: person(call, member))


def list_activities(call: Call) -> Answer:
    """List what happened to a milestone, as far as its dates tell."""
    row = _row(call)
    moments = [("created", row.start_ms - 14 * dates.DAY_MS), ("completed", row.completed_ms)]
    happened = [(state, at) for state, at in moments if at is not None]

    def shape(what: tuple[str, int]) -> Json:
        user = {**person(call, row.owner), "display_name": call.name(row.owner)}
        identity = f"{row.id}{happened.index(what)}"  # one of its own: what happened is no milestone
        return {"id": identity, "time": dates.iso(what[1]), "user": user, "activity": what[0]}

    return enveloped(call, "activities", happened, shape)


def clone_phase(call: Call) -> Answer:
    """Copy a milestone."""
    made = replace(_row(call), id=call.store.take_id(), completed_ms=None)
    return Answer(201, _shape(call, call.store.milestones.put(made)))


def move_phase(call: Call) -> Answer:
    """Move a milestone to another project; its bugs stay, without one."""
    row, target = _row(call), call.store.projects.find(call.values["to_project"], "Project")
    forget_milestone(call, row)
    return Answer(200, _shape(call, call.store.milestones.put(replace(row, project_id=target.id))))


def _at_phases(switches: Switches) -> bool:
    return switches.phases_path != "milestones"


def _at_milestones(switches: Switches) -> bool:
    return switches.phases_path != "phases"


_NAME = Parameter("name", Text(200, 1), required=True)
_CHOOSING = (
    Parameter("sort_by", SortBy(tuple(_SORTED))),
    Parameter("view_id", Identifier(), about="Milestones have no views here: it chooses nothing."),
    Parameter("milestone_ids", Identifiers()),
    Parameter("filter", Filter()),
)


def _fields(*, iso: bool) -> tuple[Parameter, ...]:
    day = Day(iso=True) if iso else MonthFirst()
    return (
        Parameter("start_date", day, about="2026-03-01" if iso else "03-01-2026"),
        Parameter("end_date", day),
        Parameter("flag", OneOf(("internal", "external"))),
        Parameter("owner_zpuid", Identifier()),
        Parameter("owner", Link("zpuid")),
    )


def _below(project: str, word: str) -> tuple[Route, ...]:
    """The calls that milestones take below a word of a version's."""
    version = " in v3.1" if project == J31 else " as milestones" if word == "milestones" else ""
    where = {"phases": _at_phases, "milestones": _at_milestones}[word] if project == J else lambda _: True
    many = list_phases if project == J else list_phases_31
    key = "milestones" if project == J else "phases"
    here, row = f"{project}/{word}", f"{project}/{word}/{{milestone}}"
    fields = _fields(iso=project == J31)
    returns = one("V3Milestone")
    scope = "milestones"
    return (
        listed(
            here, f"{scope}.READ", many, f"List milestones{version}", paged(key, "V3Milestone"), *_CHOOSING, where=where
        ),
        Route("GET", row, f"{scope}.READ", get_phase, f"Show a milestone{version}", returns=returns, where=where),
        Route(
            "POST",
            here,
            f"{scope}.CREATE",
            create_phase,
            f"Create a milestone{version}",
            body=(_NAME, *fields),
            returns=returns,
            status=201,
            where=where,
        ),
        Route(
            "POST",
            row,
            f"{scope}.UPDATE",
            update_phase,
            f"Change a milestone{version}",
            body=(replace(_NAME, required=False), *fields),
            returns=returns,
            where=where,
        ),
        Route("DELETE", row, f"{scope}.DELETE", delete_phase, f"Delete a milestone{version}", status=204, where=where),
    )


_PHASE = f"{J}/phases/{{milestone}}"
ROUTES = (
    listed(
        f"{_PHASE}/followers",
        "milestones.READ",
        list_followers,
        "List a milestone's followers",
        paged("followers", "Person"),
    ),
    listed(
        f"{_PHASE}/activities",
        "milestones.READ",
        list_activities,
        "List what happened to a milestone",
        {"type": "object", "properties": {"activities": {"type": "array"}}, "required": ["activities"]},
    ),
    Route(
        "POST",
        f"{_PHASE}/clone",
        "milestones.CREATE",
        clone_phase,
        "Copy a milestone",
        returns=one("V3Milestone"),
        status=201,
    ),
    Route(
        "POST",
        f"{_PHASE}/move",
        "milestones.CREATE",
        move_phase,
        "Move a milestone",
        body=(Parameter("to_project", Identifier(), required=True),),
        returns=one("V3Milestone"),
    ),
    *_below(J, "phases"),
    *_below(J, "milestones"),
    *_below(J31, "phases"),
    listed(
        f"{P}/phases",
        "milestones.READ",
        list_all_phases,
        "List the portal's milestones",
        paged("milestones", "V3Milestone"),
        *_CHOOSING,
        where=_at_phases,
    ),
    listed(
        f"{P31}/phases",
        "milestones.READ",
        list_all_phases_31,
        "List the portal's milestones in v3.1",
        paged("phases", "V3Milestone"),
        *_CHOOSING,
    ),
)
