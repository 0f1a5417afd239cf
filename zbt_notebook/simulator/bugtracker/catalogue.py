"""All routes of the simulated API."""

from zbt_notebook.simulator.bugtracker.classic import (
    activities,
    bug_parts,
    bugs,
    dashboard,
    documents,
    events,
    fields,
    forum_answers,
    forums,
    milestones,
    portals,
    projects,
    search,
    timesheets,
    users,
)
from zbt_notebook.simulator.bugtracker.routes import RouteTable
from zbt_notebook.simulator.bugtracker.v3 import (
    attachments,
    comments,
    issue_parts,
    issues,
    links,
    metadata,
    old_bugs,
    phases,
    portals_and_projects,
    surroundings,
    tags,
    talk,
    tasks,
)
from zbt_notebook.simulator.bugtracker.v3 import timesheets as v3_timesheets
from zbt_notebook.simulator.bugtracker.v3 import users as v3_users

_CLASSIC = (
    portals,
    projects,
    milestones,
    bugs,
    bug_parts,
    activities,
    fields,
    timesheets,
    events,
    forums,
    forum_answers,
    documents,
    users,
    search,
    dashboard,
)
_V3 = (
    *(portals_and_projects, metadata, issues, old_bugs, comments, attachments, issue_parts, links),
    *(phases, v3_users, v3_timesheets, tags, talk, surroundings, tasks),
)

TABLE = RouteTable(route for family in (*_CLASSIC, *_V3) for route in family.ROUTES)
