"""The scopes this Zoho knows: three families, spelt in any case."""

import re

_CRUD = ("READ", "CREATE", "UPDATE", "DELETE", "ALL")

BUGTRACKER_MODULES = (
    *("portals", "projects", "milestones", "bugs", "timesheets", "events", "users"),
    *("tags", "forums", "documents", "search"),
)
PROJECTS_MODULES = (*BUGTRACKER_MODULES, "tasks", "tasklists", "activities", "status")

CATALOGUE = frozenset(
    {f"zohobugtracker.{module}.{operation.lower()}" for module in BUGTRACKER_MODULES for operation in _CRUD}
    | {f"zohoprojects.{module}.{operation.lower()}" for module in PROJECTS_MODULES for operation in _CRUD}
    | {"aaaserver.profile.read"}
)


def split_scopes(text: str) -> tuple[str, ...]:
    """Scopes of a request, as written and without repeats: separated by commas, as documented, or by spaces."""
    return tuple(dict.fromkeys(word for word in re.split(r"[,\s]+", text) if word))


def all_known(scopes: tuple[str, ...]) -> bool:
    """Tell whether every scope exists; of none at all it does not hold."""
    return bool(scopes) and all(scope.lower() in CATALOGUE for scope in scopes)
