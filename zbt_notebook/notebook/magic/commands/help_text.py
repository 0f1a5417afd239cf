"""Help, read from where the options, subcommands and endpoints are declared."""

from typing import TYPE_CHECKING

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.lists import fields
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.rest import endpoints
from zbt_notebook.client.suggestions import did_you_mean
from zbt_notebook.notebook.magic.commands.endpoint_list import EndpointList, endpoint_list
from zbt_notebook.notebook.magic.display.table import PlainText, Table, in_two_columns
from zbt_notebook.notebook.magic.grammar.options import CALL, LISTS, METHODS, OPTIONS, SUBCOMMANDS, Option, options_of

if TYPE_CHECKING:
    from zbt_notebook.client.rest.endpoints import Endpoint, Parameter
    from zbt_notebook.notebook.magic.session import Session

_CALLS = (
    ("%zbt [METHOD] PATH [ITEM …] [OPTION …]", f"call the API; METHOD is GET, or {', '.join(METHODS[1:])}"),
    ("%%zbt POST PATH", "the same with the cell as body: field: value lines, or JSON"),
    ("%zbt bugs FILTER …", "bugs by names: status==Open assignee==me created>=-30d; %zbt help bugs tells the fields"),
    ("%zbt bug KEY …", "one bug: shown, changed by field=value, closed, reopened; %zbt bug new makes one"),
    ("%zbt SUBCOMMAND …", ", ".join(SUBCOMMANDS)),
)
_WORDS = (
    ("PATH", "/portals/, /portal/{portal}/projects/, or in full: /restapi/portals/, /api/v3/portals"),
    ("{name}", "the portal or project in use, else any Python expression; {{ and }} are braces; in a body: {{name}}"),
    ("{use.project}", "the project in use, whatever a variable called project holds; {use.portal} too"),
    (";", "at the end of a line: do not show the result"),
)
_ITEMS = (
    ("name==value", "query parameter"),
    ("name=value", "body field"),
    ("name:=json", "typed body field"),
    ("name@file", "upload"),
    ("Name:value", "header"),
    ("a\\=b=c", "a backslash takes a separator's meaning away"),
)


def first_steps(console: "Session") -> PlainText:
    """What ``%zbt`` alone says: the state, the next step, three examples."""
    from zbt_notebook.client import signed_in

    if not signed_in.connections():
        state, step = "Not signed in.", "%zbt login, or without an account: %zbt login --sandbox --auto"
        examples = ("%zbt login --wait", "%zbt help login", "%zbt doctor")
    else:
        connection = signed_in.current()
        context = console.atlas(connection).context
        state = f"Signed in to {connection.data_center.name} as {connection.name}; in use: {context}."
        if context.portal is None:
            step, examples = "%zbt use portal=NAME", ("%zbt portals", "%zbt GET /portals/", "%zbt status")
        else:
            step = "%zbt bugs status==open assignee==me"
            examples = ("%zbt bug KEY", "%zbt bugs --save bugs.csv", "%zbt endpoints bugs")
    lines = [state, f"Next step: {step}", *(f"  {example}" for example in examples)]
    return PlainText("\n".join(lines))


_IN_THE_OVERVIEW = frozenset(
    {"grammar", "syntax", "call", "calls", "method", "methods", "path", "paths", "item", "items", "body", "options"}
) | {method.lower() for method in METHODS}


def help_on(topic: str) -> PlainText | Table | EndpointList:
    """Give the help on a topic, or the overview. Raise UsageError with the nearest topics for an unknown one."""
    if not topic or topic.lower() in _IN_THE_OVERVIEW:
        return _overview()
    if topic in SUBCOMMANDS:
        return _on_subcommand(topic)
    option = [known for known in OPTIONS if topic in {known.name, known.flag, known.short}]
    if option:
        return PlainText("\n".join(_on_option(known) for known in option))
    if topic in endpoints.modules() or _is_parameter(topic):
        return endpoint_list(topic)
    if "/" in topic:
        return _on_path(topic)
    known = [*SUBCOMMANDS, *(option.name for option in OPTIONS), *endpoints.modules()]
    guess = did_you_mean(topic.lstrip("-"), known, n=3)
    if not guess and endpoints.search(topic):
        return endpoint_list(topic)
    raise UsageError(
        f"there is no help on {shown(topic)}",
        hint=guess or "%zbt help lists what there is.",
    )


def _is_parameter(topic: str) -> bool:
    return any(endpoint.parameter(topic) for endpoint in endpoints.search(topic))


def _overview() -> PlainText:
    options = [(option.usage, option.help) for option in options_of(CALL)]
    topics = f"A TOPIC is a subcommand, an option, a module ({', '.join(endpoints.modules())}), or a path."
    more = (("%zbt help TOPIC", topics), ("%zbt endpoints [WORD]", "the endpoints of the API"))
    return _text(
        in_two_columns(_CALLS, ""),
        in_two_columns(_WORDS, ""),
        ["Items:", *in_two_columns(_ITEMS)],
        ["Options of a call:", *in_two_columns(options)],
        in_two_columns(more, ""),
    )


def _text(*parts: list[str]) -> PlainText:
    return PlainText("\n\n".join("\n".join(part) for part in parts if part))


def _on_subcommand(name: str) -> PlainText:
    command = SUBCOMMANDS[name]
    return _text(
        [f"%zbt {name} {command.arguments}".rstrip(), *in_two_columns([("", command.help)], "")],
        in_two_columns((option.usage, _with_choices(option)) for option in options_of(name)),
        _on_fields(name),
        [f"  {example}" for example in command.examples],
        [f"The endpoints of the same name: %zbt endpoints {name}"] if name in endpoints.modules() else [],
    )


def _on_fields(name: str) -> list[str]:
    """The fields that a word's filters, or its writes, can name."""
    if name == "bug":
        rows = [(one.name, one.label) for one in fields.FIELDS["bugs"] if one.write]
        return ["Fields that can be written, and custom ones by their label; comment= adds one:", *in_two_columns(rows)]
    if name not in LISTS:
        return []
    rows = [(f"{one.name}  {' '.join(one.operators)}", one.label) for one in fields.FIELDS[name]]
    custom = ", custom ones by their label" if name == "bugs" else ""
    values = "a name, an id, me, none, 2026-09-01, today or -30d; commas between alternatives"
    return [f"Fields{custom}; a value is {values}:", *in_two_columns(rows)]


def _on_option(option: Option) -> str:
    owners = ", ".join("a call" if owner == CALL else f"%zbt {owner}" for owner in option.on)
    about = in_two_columns([("", _with_choices(option)), ("", f"belongs to {owners}")], "")
    return "\n".join([option.usage, *about])


def _with_choices(option: Option) -> str:
    choices = f" ({', '.join(option.choices)})" if option.choices else ""
    default = f"; {option.default} where none is said" if option.default else ""
    return f"{option.help}{choices}{default}"


def _on_path(path: str) -> Table | EndpointList:
    found = [known for method in METHODS if (known := endpoints.match(method, path))]
    if found:
        return _parameter_sheet(found)
    near = endpoints.nearest("GET", path)
    if not near:
        raise UsageError(f"no endpoint is like {shown(path)}", hint="%zbt endpoints lists them all.")
    return EndpointList(near)


def _parameter_sheet(found: "list[Endpoint]") -> Table:
    """Everything about the endpoints of one path: what they do, and what their parameters mean."""
    title = [found[0].path, *(f"{known.method}: {known.summary} Scope {known.scope}. {known.page}" for known in found)]
    rows = [
        (
            known.method,
            f"{parameter.name}{_SIGNS.get(parameter.place, '')}",
            parameter.type + (", required" if parameter.required else ""),
            _values(parameter),
            parameter.meaning,
        )
        for known in found
        for parameter in known.params
    ]
    columns = ("method", "parameter", "type", "values", "meaning") if rows else ()
    return Table(columns, tuple(rows), "\n".join(title))


_SIGNS = {"query": "==", "form": "=", "json": ":=", "file": "@"}


def _values(parameter: "Parameter") -> str:
    default = f"default {parameter.default}" if parameter.default else ""
    return "; ".join(part for part in (", ".join(parameter.allowed), default) if part)
