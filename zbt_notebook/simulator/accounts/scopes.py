"""The scopes this Zoho knows: three families, spelt in any case."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from zbt_notebook.simulator.switches import Switches

_CRUD = ("read", "create", "update", "delete", "all")

# What each module of the family has, by https://www.zoho.com/projects/help/rest-api/bugtracker-*-api.html
BUGTRACKER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("projects", "milestones", "bugs", "timesheets", "events", "users"), _CRUD),
        "portals": ("read", "all"),
        "tags": ("read", "create", "all"),
        "search": ("read",),
    }
)
_SEEN_WITH_ALL_ALONE = ("forums", "documents")
# The family of V3's pages. Which of the operations each module has is not told alike everywhere: here, all.
PROJECTS = (
    *(
        "portals",
        "projects",
        "projectgroups",
        "milestones",
        "bugs",
        "tasks",
        "tasklists",
        "timesheets",
        "users",
        "tags",
    ),
    *("forums", "events", "documents", "status", "custom_fields", "bulk", "teams", "clients", "leave", "integrations"),
    *("extensions", "custom_functions", "activities", "search"),
)
WORKDRIVE = ("WorkDrive.workspace.ALL", "WorkDrive.team.ALL", "WorkDrive.files.ALL")
SEARCH = "ZohoSearch.securesearch.READ"
FILES = "ZohoPC.files.READ"
_ELSEWHERE = frozenset(
    {
        "aaaserver.profile.read",
        *(scope.lower() for scope in (*WORKDRIVE, SEARCH, FILES)),
        *(f"zohoprojects.{module}.{operation}" for module in PROJECTS for operation in _CRUD),
    }
)


def known_scopes(switches: Switches) -> frozenset[str]:
    """Every scope there is, lower-case."""
    talk = _CRUD if switches.forum_and_document_scopes == "each" else ("all",)
    modules = {**BUGTRACKER, **dict.fromkeys(_SEEN_WITH_ALL_ALONE, talk)}
    ours = {f"zohobugtracker.{module}.{operation}" for module, has in modules.items() for operation in has}
    return _ELSEWHERE | ours


def split_scopes(text: str) -> tuple[str, ...]:
    """Scopes of a request, as written and without repeats: separated by commas, as documented, or by spaces."""
    return tuple(dict.fromkeys(word for word in re.split(r"[,\s]+", text) if word))


def known(scopes: tuple[str, ...], switches: Switches) -> tuple[str, ...]:
    """Give the scopes to be asked about: none where one is unknown, or the known ones alone, as the switch says."""
    there = known_scopes(switches)
    kept = tuple(scope for scope in scopes if scope.lower() in there)
    return kept if len(kept) == len(scopes) or switches.unknown_scopes == "dropped" else ()
