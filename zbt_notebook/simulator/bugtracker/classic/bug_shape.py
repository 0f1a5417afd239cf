"""The shape of a bug in classic answers, as recorded from bugtracker.zoho.com.

A bug is written straight as JSON text, from pieces that the bugs of a page share: some times as fast as encoding a
dictionary for each, which counts where a page holds two hundred.
"""

import json
from functools import lru_cache

from zbt_notebook.simulator.bugtracker import dates
from zbt_notebook.simulator.bugtracker.call import Answer, Call
from zbt_notebook.simulator.bugtracker.custom_values import classic_text
from zbt_notebook.simulator.bugtracker.kinds import Json
from zbt_notebook.simulator.data import prose
from zbt_notebook.simulator.data.portal import CUSTOM_FIELDS, PORTAL_ID, PORTAL_NAME, UNASSIGNED_ZPUID
from zbt_notebook.simulator.data.rows import Bug, Project

_FIELDS = {field.column: field for field in CUSTOM_FIELDS}
_DATE = next(field.column for field in CUSTOM_FIELDS if field.kind == "date")
_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # made once: the making costs most
_TEAMS = (
    '"GROUP_NAME":{"ASSOCIATED_TEAMS":{"AnyTeam":"Not Associated"},'
    '"ASSOCIATED_TEAMS_COUNT":0,"IS_TEAM_UNASSIGNED":true}'
)


def bug_list(call: Call, bugs: list[Bug], project: Project) -> Answer:
    """Answer with the bugs of a list: without description."""
    if not bugs:
        return Answer(204)
    write = _Writer(call, project)
    return Answer(200, text=f'{{"bugs":[{",".join(map(write.bug, bugs))}]}}')


def bug_detail(call: Call, bug: Bug, project: Project) -> Json:
    """Shape a bug with all that only its own page shows."""
    shape: Json = json.loads(_Writer(call, project).bug(bug))
    shape["description"] = prose.description(bug)
    shape["project"] = {"id": project.id}
    return shape


def _moment(name: str, at_ms: int, offset: int) -> str:
    day, full, _ = dates.shown(at_ms // 1000 + offset * 60)
    return f'"{name}":"{day}","{name}_format":"{full}","{name}_long":{at_ms}'


class _Writer:
    """Writes the bugs of one project for one call, remembering what they share."""

    def __init__(self, call: Call, project: Project) -> None:
        self._call = call
        self._offset = call.offset
        self._project = project
        self._here = f"{call.site.api_url}/restapi/portal/{PORTAL_ID}/projects/{project.id}/bugs/"
        self._web = f"{call.site.api_url}/portal/{PORTAL_NAME}#buginfo/{project.id}/"
        self._logged = call.store.bugs_with_logs()
        self._pieces: dict[tuple[str, int], str] = {}
        self._prefix = _text(project.prefix)[1:-1]

    def bug(self, bug: Bug) -> str:
        """Write one bug."""
        link = f"{self._here}{bug.id}/"
        due = "" if bug.due_ms is None else f",{_text(dates.day_triple('due_date', bug.due_ms, self._offset))[1:-1]}"
        return (
            f'{{"id":{bug.id},"id_string":"{bug.id}","key":"{self._prefix}-I{bug.number}","bug_prefix":"{self._prefix}",'
            f'"bug_number":"{bug.number}","title":{_text(bug.title)},'
            f'"flag":"{"Internal" if bug.internal else "External"}",'
            f'"closed":{"true" if bug.closed_ms is not None else "false"},"status":{self._status(bug.status_id)},'
            f'"severity":{self._choice("type", bug.severity_id)},'
            f'"reproducible":{self._choice("type", bug.reproducible_id)},'
            f'"classification":{self._choice("type", bug.classification_id)},'
            f'"module":{self._choice("name", bug.module_id)},'
            f"{self._assignee(bug.assignee)},{self._reporter(bug.reporter)},"
            f'"escalation_level":"{bug.escalation}","has_log_hours":"{"true" if bug.id in self._logged else "false"}",'
            f'"comment_count":"{bug.comment_count}","attachment_count":"{bug.attachment_count}",'
            f"{_moment('created_time', bug.created_ms, self._offset)},"
            f"{_moment('updated_time', bug.updated_ms, self._offset)}{due}"
            f"{self._milestone('milestone', bug.milestone_id)}{self._milestone('affected_milestone', bug.affected_id)}"
            f"{self._custom(bug)},{_TEAMS},"
            f'"link":{{"self":{{"url":"{link}"}},"timesheet":{{"url":"{link}logs/"}},"web":{{"url":"{self._web}{bug.id}"}}}}}}'
        )

    def _choice(self, key: str, number: int) -> str:
        known = self._pieces.get((key, number))
        if known is None:
            choice = self._call.store.choices[number]
            known = self._pieces[key, number] = _text({"id": self._id(number), key: choice.name})
        return known

    def _id(self, number: int) -> int | str:
        return number if self._call.switches.choice_ids_as == "number" else str(number)

    def _status(self, number: int) -> str:
        known = self._pieces.get(("status", number))
        if known is None:
            choice = self._call.store.choices[number]
            shape = {"id": str(number), "type": choice.name, "colorcode": choice.color}
            known = self._pieces["status", number] = _text(shape)
        return known

    def _assignee(self, number: int) -> str:
        known = self._pieces.get(("assignee", number))
        if known is None:
            member = self._call.store.members.get(number)
            shape: Json = {
                "assignee_name": member.name if member else "Unassigned",
                "assignee_zpuid": member.zpuid if member else UNASSIGNED_ZPUID,
            }
            if member:
                shape["assignee_id"] = str(number)
            known = self._pieces["assignee", number] = _text(shape)[1:-1]
        return known

    def _reporter(self, number: int) -> str:
        known = self._pieces.get(("reporter", number))
        if known is None:
            member = self._call.store.members.get(number)
            shape = {
                "reporter_id": str(number),
                "reported_person": member.name if member else "Former user",
                "reporter_email": member.email if member else "",
                "reporter_non_zuser": "false" if member else "true",
            }
            known = self._pieces["reporter", number] = _text(shape)[1:-1]
        return known

    def _milestone(self, key: str, number: int) -> str:
        if not number:
            return ""
        known = self._pieces.get((key, number))
        if known is None:
            milestone = self._call.store.milestones.get(number)
            shape = f',"{key}":{_text({"id": str(number), "name": milestone.name})}' if milestone else ""
            known = self._pieces[key, number] = shape
        return known

    def _custom(self, bug: Bug) -> str:
        store = self._call.store
        pieces = [
            _custom_value(column, value)
            if isinstance(value, str) or column == _DATE
            else _written(column, classic_text(store, _FIELDS[column], value))
            for column, value in prose.custom_values(bug).items()
        ]
        return f',"customfields":[{",".join(pieces)}]' if pieces else ""


@lru_cache(maxsize=4096)
def _custom_value(column: str, value: str | int) -> str:
    return _written(column, dates.day_text(value) if isinstance(value, int) else value)


@lru_cache(maxsize=4096)
def _written(column: str, shown: str) -> str:
    return _text({"label_name": _FIELDS[column].label, "column_name": column, "value": shown})
