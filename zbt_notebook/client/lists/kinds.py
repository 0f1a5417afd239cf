"""What can be pulled, and under which of Zoho's addresses it is listed."""

from collections.abc import Mapping
from dataclasses import dataclass

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.foreign_json import count
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.rest import endpoints
from zbt_notebook.client.rest.endpoints import Endpoint
from zbt_notebook.client.suggestions import there_are

_PROJECT = "/restapi/portal/{portal}/projects/{project}/"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that a project has a list of.

    ``count`` is the key of the project that announces how many there are, ``none_without`` that of what it hangs on.
    ``changed`` is the column, in epoch milliseconds, that ``since`` compares; ``made`` that of its making.
    """

    name: str
    classic: str  # ids of the catalogue
    v3: str = ""
    count: str = ""
    none_without: str = ""
    changed: str = ""
    made: str = ""
    params: tuple[tuple[str, str], ...] = ()  # what is asked for unless the user says otherwise
    in_order: tuple[tuple[str, str], ...] = ()  # oldest first: what is new is added at the end
    v3_in_order: tuple[tuple[str, str], ...] = ()
    newest_change_first: tuple[tuple[str, str], ...] = ()
    by_month: bool = False
    ids_are_global: bool = True
    v3_by_issue: bool = False  # V3 lists them of one issue at a time
    always: tuple[tuple[str, str], ...] = ()  # columns that every record has, in both APIs, and their types

    @property
    def columns(self) -> dict[str, str]:
        """What every frame of the kind has, with rows or without."""
        times = {name: "datetime" for name in (self.made, self.changed) if name}
        named = {"project.id": "int", "project.name": "str", "id": "int"} if self.always else {}
        return {**named, **dict(self.always), **(times if self.always else {}), **self.endpoint.columns}

    @property
    def endpoint(self) -> Endpoint:
        """Its list in the classic API."""
        return _by_id(self.classic)

    @property
    def v3_endpoint(self) -> Endpoint | None:
        """Its list in V3, where one is known."""
        return _by_id(self.v3) if self.v3 else None


def _person(word: str) -> tuple[tuple[str, str], ...]:
    """Who somebody is: the account's id, the portal's, the address; null where an API does not tell it."""
    return ((f"{word}_id", "str"), (f"{word}_zpuid", "int"), (f"{word}_email", "str"))


_KNOWN = (
    Kind(
        "bugs",
        "bugs.list",
        v3="v3.issues.list",
        count="bug_count",
        changed="updated_time_long",
        made="created_time_long",
        in_order=(("sort_column", "created_time"), ("sort_order", "ascending")),
        v3_in_order=(("sort_by", "ASC(created_time)"),),
        newest_change_first=(("sort_column", "last_modified_time"), ("sort_order", "descending")),
        always=(
            ("id_string", "str"),
            ("key", "str"),
            ("title", "str"),
            ("status.type", "str"),
            ("severity.type", "str"),
            *_person("assignee"),
            *_person("reporter"),
        ),
    ),
    Kind(
        "comments",
        "bugs.comments.many",
        v3="v3.issues.comments.list",
        none_without="bug_count",
        changed="created_time_long",
        v3_by_issue=True,
        always=(("id_string", "str"), ("added_by", "str"), *_person("added_by")[1:]),
    ),
    Kind(
        "milestones",
        "milestones.list",
        v3="v3.milestones.list",
        count="milestone_count",
        params=(("status", "all"),),
        always=(("id_string", "str"), ("name", "str"), *_person("owner")),
    ),
    Kind(
        "timelogs",
        "timesheets.list",
        v3="v3.timelogs.list",
        changed="log_date_long",
        params=(("users_list", "all"), ("bill_status", "All"), ("component_type", "bug"), ("view_type", "month")),
        by_month=True,
        always=(("id_string", "str"), *_person("owner"), ("approver_name", "str"), ("approver_email", "str")),
    ),
    Kind("users", "users.list", v3="v3.users.project", ids_are_global=False, always=(("name", "str"),)),
)
_ALIASES = {"issues": "bugs", "logs": "timelogs", "time logs": "timelogs", "timesheets": "timelogs"}

# Which of a project's two counts a filter asks for
_COUNTED_PARTS: Mapping[tuple[str, str, str], str] = {
    ("bugs", "statustype", "open"): "open",
    ("bugs", "statustype", "closed"): "closed",
    ("milestones", "status", "notcompleted"): "open",
    ("milestones", "status", "completed"): "closed",
    ("milestones", "status", "all"): "",
}


def find_kind(name: str) -> Kind:
    """The kind of that name, or any other list that the catalogue knows of a project; raise UsageError for others."""
    word = name.strip().lower()
    word = _ALIASES.get(word, word)
    for kind in _KNOWN:
        if kind.name == word:
            return kind
    others = _other_lists()
    if word in others:
        return Kind(word, others[word].id, ids_are_global=False)
    names = [*(kind.name for kind in _KNOWN), *others]
    raise UsageError(f"there is no list of {shown(name)} in a project", hint=there_are(word, names))


def _other_lists() -> dict[str, Endpoint]:
    known = {kind.classic for kind in _KNOWN}
    return {
        endpoint.path.removeprefix(_PROJECT).strip("/"): endpoint
        for endpoint in endpoints.all_endpoints()
        if endpoint.method == "GET"
        and endpoint.list_key is not None
        and endpoint.path.startswith(_PROJECT)
        and "{" not in endpoint.path.removeprefix(_PROJECT)
        and endpoint.id not in known
    }


def announced(kind: Kind, project: Mapping[str, object], where: Mapping[str, str]) -> tuple[int | None, int | None]:
    """How many records a project says it has of a kind: exactly, and at most; None where it does not tell."""
    counts = project.get(kind.count or kind.none_without)
    if not isinstance(counts, dict):
        return None, None
    opened, closed = count(counts.get("open")), count(counts.get("closed"))
    if opened is None or closed is None:
        return None, None
    total = opened + closed
    if not kind.count:
        return None, None if total else 0
    filters = {name: value for name, value in where.items() if name not in {"sort_column", "sort_order"}}
    if not filters:
        return total, total
    asked = [_COUNTED_PARTS.get((kind.name, *pair)) for pair in filters.items()]
    if len(asked) == 1 and asked[0] is not None:
        exact = {"": total, "open": opened, "closed": closed}[asked[0]]
        return exact, exact
    return None, total


def _by_id(name: str) -> Endpoint:
    return next(endpoint for endpoint in endpoints.all_endpoints() if endpoint.id == name)
