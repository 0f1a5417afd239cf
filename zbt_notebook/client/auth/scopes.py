"""What a token may do: scopes parsed, compared and offered."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from zbt_notebook.client import expect
from zbt_notebook.client.errors import UsageError, reading
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.suggestions import did_you_mean

FAMILY = "ZohoBugTracker"
TWIN_FAMILY = "ZohoProjects"  # under which V3 documents its scopes; whether either suffices for the other is not known
PROFILE = "AaaServer.profile.READ"  # who is signed in: of Zoho Accounts, not of BugTracker
SEARCH = "ZohoSearch.securesearch.READ"  # what V3's search asks for in place of a module of its own

_FULL = ("READ", "CREATE", "UPDATE", "DELETE", "ALL")

_CUSTOM_FIELDS = f"{TWIN_FAMILY}.custom_fields.READ"  # where V3 has the labels of fields and the choices of pick lists
_UNREAD = frozenset({"forums", "documents"})  # by any word of the toolkit

# Module -> operations, as the pages https://www.zoho.com/projects/help/rest-api/bugtracker-*-api.html name them
MODULES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "portals": ("READ", "ALL"),
        "projects": _FULL,
        "milestones": _FULL,
        "bugs": _FULL,
        "timesheets": _FULL,
        "events": _FULL,
        "users": _FULL,
        "forums": _FULL,
        "documents": _FULL,
        "tags": ("READ", "CREATE", "ALL"),
        "search": ("READ",),
    }
)


def _asked_by(module: str, operation: str) -> tuple[str, ...]:
    """The scopes that whoever wants one operation on a module needs, on either API."""
    if module == "search":
        return (f"{FAMILY}.search.READ", SEARCH)
    if module in _UNREAD:
        return (f"{FAMILY}.{module}.{operation}",)
    fields = (_CUSTOM_FIELDS,) if (module, operation) == ("bugs", "READ") else ()
    return (f"{FAMILY}.{module}.{operation}", f"{TWIN_FAMILY}.{module}.{operation}", *fields)


# Module -> operation -> the scopes to ask for: each with its twin, for V3
CHOICES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        module: MappingProxyType({operation: _asked_by(module, operation) for operation in operations})
        for module, operations in MODULES.items()
    }
)


def _preset(**choices: str) -> tuple[str, ...]:
    asked = [CHOICES[module][operation] for module, operations in choices.items() for operation in operations.split()]
    return (*(scope for scopes in asked for scope in scopes), PROFILE)


PRESETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "read only": _preset(**{module: "READ" for module in MODULES if module not in _UNREAD}),
        "triage": _preset(
            portals="READ",
            projects="READ",
            milestones="READ",
            users="READ",
            bugs="READ CREATE UPDATE",
            timesheets="READ",
            tags="READ",
        ),
    }
)

_SHAPE = re.compile(r"[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9_-]+){1,3}")


@reading("scopes")
def parse_scopes(scopes: str | Iterable[str]) -> tuple[str, ...]:
    """Read scopes separated by commas or spaces, a preset's name, or a sequence of scopes.

    Known scopes get Zoho's own spelling, repeated ones are dropped, other families (``AaaServer.profile.READ``) pass
    as they are. Raise UsageError for what has not the shape of a scope, or names an unknown BugTracker module.
    """
    text: Any = scopes
    if isinstance(text, str):
        preset = PRESETS.get(text.strip().lower().replace("-", " "))
        words = list(preset) if preset else re.split(r"[,\s]+", text)
    elif isinstance(text, Iterable):
        words = [word for part in text for word in re.split(r"[,\s]+", expect.text(part, "a scope"))]
    else:
        words = [expect.text(text, "a list of scopes")]
    return tuple(dict.fromkeys(_canonical(word.strip("\"'")) for word in words if word.strip("\"'")))


def _canonical(scope: str) -> str:
    parts = scope.split(".")
    if not _SHAPE.fullmatch(scope):
        raise UsageError(
            f"{shown(scope)} is not a scope", hint=f"Write scopes as {FAMILY}.bugs.READ, separated by commas."
        )
    if scope.lower() == PROFILE.lower():
        return PROFILE  # Zoho's own pages also write .Read
    if parts[0].lower() != FAMILY.lower():
        return scope
    module, operation = parts[1].lower(), parts[-1].upper()
    if len(parts) == 3 and operation in MODULES.get(module, ()):  # noqa: PLR2004  family, module, operation
        return f"{FAMILY}.{module}.{operation}"
    known = [f"{FAMILY}.{name}.{verb}" for name, verbs in MODULES.items() for verb in verbs]
    raise UsageError(
        f"Zoho BugTracker has no scope {scope!r}",
        hint=did_you_mean(f"{FAMILY}.{module}.{operation}", known, f"The modules are {', '.join(MODULES)}."),
    )


def format_scopes(scopes: Iterable[str]) -> str:
    """Join scopes as Zoho wants them: with commas, where RFC 6749 §3.3 has spaces."""
    return ",".join(scopes)


def twin(scope: str) -> str:
    """The scope of the same module and operation in the other family; empty for a scope that has none."""
    family, _, rest = scope.partition(".")
    others = {FAMILY.lower(): TWIN_FAMILY, TWIN_FAMILY.lower(): FAMILY}
    other = others.get(family.lower())
    return f"{other}.{rest}" if other else ""


def holds(granted: Iterable[str], needed: str) -> bool:
    """Whether *needed* itself was granted: ALL stands for each operation of its module, case does not count."""
    wanted = needed.lower()
    everything = wanted.rpartition(".")[0] + ".all"
    return any(scope.lower() in {wanted, everything} for scope in granted)


def covers(granted: Iterable[str], needed: str) -> bool:
    """Whether *granted* may allow *needed*: a scope of either family covers a call, for nobody knows that it does not.

    Zoho documents BugTracker's scopes for the classic API and Projects' for V3, and not what the other one is worth.
    """
    granted = tuple(granted)
    other = twin(needed)
    return holds(granted, needed) or bool(other and holds(granted, other))


def missing(granted: Iterable[str], asked: Iterable[str]) -> tuple[str, ...]:
    """Those of *asked* that were not granted, themselves: Zoho drops unknown scopes without a word."""
    granted = tuple(granted)
    return tuple(scope for scope in asked if not holds(granted, scope))
