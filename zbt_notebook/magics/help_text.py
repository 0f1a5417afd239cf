"""Help, read from where the options, subcommands and endpoints are declared."""

from difflib import get_close_matches
from typing import TYPE_CHECKING

from zbt_notebook import endpoints
from zbt_notebook.errors import UsageError
from zbt_notebook.magics.options import CALL, METHODS, OPTIONS, SUBCOMMANDS, Option, options_of
from zbt_notebook.magics.sheet import PlainText, Sheet
from zbt_notebook.magics.words import shown

if TYPE_CHECKING:
    from zbt_notebook.endpoints import Endpoint, Parameter

_OVERVIEW = """\
%zbt [METHOD] PATH [ITEM …] [OPTION …]     call the API; METHOD is GET unless it says {methods}
%%zbt POST PATH                            the same with the cell as body: field: value lines, or JSON
%zbt SUBCOMMAND …                          {subcommands}

PATH    /portals/, /portal/{{portal}}/projects/, or in full: /restapi/portals/, /api/v3/portals
ITEM    name==value query parameter      name=value body field       name:=json typed body field
        name@file upload                 Name:value header           a\\=b=c a backslash undoes a separator
{{name}}  the portal or project in use, else any Python expression; {{{{ and }}}} are braces; in a body: {{{{name}}}}

Options of a call:
{options}

%zbt help TOPIC tells more: a subcommand, an option, a module ({modules}), or a path.
%zbt endpoints [WORD] lists the endpoints."""


def help_on(topic: str) -> PlainText | Sheet:
    """Give the help on a topic, or the overview. Raise UsageError with the nearest topics for an unknown one."""
    if not topic:
        return _overview()
    if topic in SUBCOMMANDS:
        return _on_subcommand(topic)
    option = [known for known in OPTIONS if topic in {known.name, known.flag, known.short}]
    if option:
        return PlainText("\n".join(_on_option(known) for known in option))
    if topic in endpoints.modules():
        return endpoint_sheet(topic)
    if "/" in topic:
        return _on_path(topic)
    known = [*SUBCOMMANDS, *(option.name for option in OPTIONS), *endpoints.modules()]
    nearest = get_close_matches(topic.lower().lstrip("-"), known, n=3)
    if not nearest and endpoints.search(topic):
        return endpoint_sheet(topic)
    raise UsageError(
        f"there is no help on {shown(topic)}",
        hint=f"Did you mean {' or '.join(nearest)}?" if nearest else "%zbt help lists what there is.",
    )


def _overview() -> PlainText:
    options = options_of(CALL)
    width = max(len(option.usage) for option in options) + 2
    return PlainText(
        _OVERVIEW.format(
            methods=", ".join(METHODS[1:]),
            subcommands=" ".join(SUBCOMMANDS),
            options="\n".join(f"  {option.usage:<{width}}{option.help}" for option in options),
            modules=", ".join(endpoints.modules()),
        )
    )


def _on_subcommand(name: str) -> PlainText:
    command = SUBCOMMANDS[name]
    options = options_of(name)
    lines = [f"%zbt {name} {command.arguments}".rstrip(), f"  {command.help}"]
    if options:
        width = max(len(option.usage) for option in options) + 2
        lines += ["", *(f"  {option.usage:<{width}}{_with_choices(option)}" for option in options)]
    return PlainText("\n".join([*lines, "", *(f"  {example}" for example in command.examples)]))


def _on_option(option: Option) -> str:
    owners = ["a call" if owner == CALL else f"%zbt {owner}" for owner in option.on]
    return f"{option.usage}\n  {_with_choices(option)}\n  belongs to {', '.join(owners)}"


def _with_choices(option: Option) -> str:
    choices = f" ({', '.join(option.choices)})" if option.choices else ""
    default = f"; {option.default} where none is said" if option.default else ""
    return f"{option.help}{choices}{default}"


def _on_path(path: str) -> Sheet:
    found = [known for method in METHODS if (known := endpoints.match(method, path))]
    found = found or list(endpoints.nearest("GET", path))
    if not found:
        raise UsageError(f"no endpoint is like {shown(path)}", hint="%zbt endpoints lists them all.")
    if len(found) > 1:
        return _sheet(found)
    return _parameter_sheet(found[0])


def _parameter_sheet(endpoint: "Endpoint") -> Sheet:
    rows = tuple(
        (
            f"{parameter.name}{_SIGNS.get(parameter.place, '')}",
            parameter.type + (", required" if parameter.required else ""),
            _values(parameter),
            parameter.meaning,
            parameter.certainty,
        )
        for parameter in endpoint.params
    )
    title = f"{endpoint.method} {endpoint.path}: {endpoint.summary} (scope {endpoint.scope}; {endpoint.page})"
    return Sheet(("parameter", "type", "values", "meaning", "certainty"), rows, title)


_SIGNS = {"query": "==", "form": "=", "json": ":=", "file": "@"}


def _values(parameter: "Parameter") -> str:
    default = f"default {parameter.default}" if parameter.default else ""
    return "; ".join(part for part in (", ".join(parameter.allowed), default) if part)


def endpoint_sheet(word: str) -> Sheet:
    """Give the endpoints that a word is found in, or all. Raise UsageError where there is none."""
    found = [known for known in endpoints.all_endpoints() if known.module == word] or list(endpoints.search(word))
    if not found:
        nearest = get_close_matches(word.lower(), endpoints.modules(), n=1)
        raise UsageError(
            f"no endpoint has to do with {shown(word)}",
            hint=f"Did you mean {nearest[0]}?" if nearest else f"The modules are {', '.join(endpoints.modules())}.",
        )
    return _sheet(found)


def _sheet(found: "list[Endpoint]") -> Sheet:
    rows = tuple(
        (
            known.method,
            known.path,
            known.scope,
            known.summary,
            ", ".join(_signed(parameter) for parameter in known.params if parameter.place != "path"),
            known.certainty,
        )
        for known in found
    )
    return Sheet(("method", "path", "scope", "what", "parameters (* required)", "certainty"), rows)


def _signed(parameter: "Parameter") -> str:
    return parameter.name + ("*" if parameter.required else "")
