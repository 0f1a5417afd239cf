"""All routes of the simulated API."""

from zbt_notebook.sandbox.bugtracker.classic import (
    bug_parts,
    bugs,
    fields,
    milestones,
    portals,
    projects,
    users,
)
from zbt_notebook.sandbox.bugtracker.routes import RouteTable

TABLE = RouteTable(
    route for family in (portals, projects, milestones, bugs, bug_parts, fields, users) for route in family.ROUTES
)
