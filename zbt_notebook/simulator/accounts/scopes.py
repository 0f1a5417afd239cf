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
# Of the sister product only the names matter here: the BugTracker refuses its tokens, whatever they may.
_PROJECTS = (*BUGTRACKER, *_SEEN_WITH_ALL_ALONE, "tasks", "tasklists", "activities", "status")
_ELSEWHERE = frozenset(
    {"aaaserver.profile.read", *(f"zohoprojects.{module}.{operation}" for module in _PROJECTS for operation in _CRUD)}
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


def all_known(scopes: tuple[str, ...], switches: Switches) -> bool:
    """Tell whether every scope exists; of none at all it does not hold."""
    return bool(scopes) and {scope.lower() for scope in scopes} <= known_scopes(switches)
