"""Endpoints of the catalogue, laid out to be read: as paragraphs in a terminal, module by module in a notebook.

Where there are several modules each is folded: a line that can be opened, or in a terminal asked for.
"""

from collections import Counter
from dataclasses import dataclass
from html import escape
from textwrap import fill
from typing import TYPE_CHECKING

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.quoting import counted, shown
from zbt_notebook.client.rest import endpoints
from zbt_notebook.client.suggestions import did_you_mean
from zbt_notebook.notebook.magic.display.table import MONO, QUIET, UI, in_two_columns, text_width
from zbt_notebook.notebook.magic.grammar.options import METHODS

if TYPE_CHECKING:
    from zbt_notebook.client.rest.endpoints import Endpoint

_INDENT = " " * 8  # the longest method and a space


@dataclass(frozen=True, slots=True)
class EndpointList:
    """Some endpoints, as text and as HTML."""

    endpoints: "tuple[Endpoint, ...]"
    folds: bool = False  # whether a terminal, too, shows its modules alone

    def __repr__(self) -> str:
        modules = self._modules()
        if self.folds and len(modules) > 1:
            lines = in_two_columns((f"%zbt endpoints {name}", _contents(members)) for name, members in modules)
            return "\n".join([*lines, fill(_LEGEND, text_width())])
        return "\n".join([*map(_as_text, self.endpoints), fill(_LEGEND, text_width())])

    def _repr_html_(self) -> str:
        modules = self._modules()
        shown = "".join(_module(name, members, is_open=len(modules) == 1) for name, members in modules)
        return (
            f'<div class="zbt-endpoints tex2jax_ignore mathjax_ignore" style="{UI}max-width:60rem">{shown}'
            f'<div style="{QUIET}padding-top:6px">{_LEGEND}</div></div>'
        )

    def _modules(self) -> "list[tuple[str, list[Endpoint]]]":
        found: dict[str, list[Endpoint]] = {}
        for endpoint in self.endpoints:
            found.setdefault(endpoint.module, []).append(endpoint)
        return list(found.items())


_LEGEND = "* required. %zbt help PATH tells what the parameters of an endpoint mean."


def endpoint_list(word: str) -> EndpointList:
    """Give the endpoints that a word is found in, those of a path, or all. Raise UsageError where there is none."""
    found = [known for known in endpoints.all_endpoints() if known.module == word] or list(endpoints.search(word))
    if not found and "/" in word:
        found = [known for method in METHODS if (known := endpoints.match(method, word))]
        found = found or list(endpoints.nearest("GET", word))
    if not found:
        raise UsageError(
            f"no endpoint has to do with {shown(word)}",
            hint=did_you_mean(word, endpoints.modules(), f"The modules are {', '.join(endpoints.modules())}."),
        )
    return EndpointList(tuple(found), folds=not word)


def _parameters(endpoint: "Endpoint") -> list[str]:
    return [param.name + ("*" if param.required else "") for param in endpoint.params if param.place != "path"]


_DOUBTS = {"CODE": "seen in client code only", "INF": "inferred, not documented", "3P": "from a third party"}


def _about(endpoint: "Endpoint") -> str:
    """What it does, and how sure that is where Zoho does not document it."""
    return " ".join(filter(None, (endpoint.summary, _in_brackets(_DOUBTS.get(endpoint.certainty, "")))))


def _in_brackets(text: str) -> str:
    return f"({text})" if text else ""


def _as_text(endpoint: "Endpoint") -> str:
    lines = [f"{endpoint.method:<7} {endpoint.path}", _indented(f"{_about(endpoint)} {endpoint.scope}")]
    parameters = ", ".join(_parameters(endpoint))
    return "\n".join([*lines, _indented(parameters)] if parameters else lines)


def _indented(text: str) -> str:
    return fill(text, text_width(), initial_indent=_INDENT, subsequent_indent=_INDENT, break_on_hyphens=False)


def _contents(members: "list[Endpoint]") -> str:
    """How many there are, and of what methods."""
    methods = Counter(endpoint.method for endpoint in members)
    counts = ", ".join(f"{methods[name]} {name}" for name in METHODS if methods[name])
    return f"{counted(len(members), 'endpoints')}: {counts}"


def _module(name: str, members: "list[Endpoint]", *, is_open: bool) -> str:
    summary = f'{escape(name)} <span style="{QUIET}font-weight:400">{escape(_contents(members))}</span>'
    return (
        f"<details{' open' if is_open else ''}>"
        f'<summary style="font-weight:600;margin:8px 0 2px;cursor:pointer">{summary}</summary>'
        f"{''.join(map(_as_html, members))}</details>"
    )


def _as_html(endpoint: "Endpoint") -> str:
    scope = f'<span style="{MONO}{QUIET}">{escape(endpoint.scope)}</span>'
    parameters = "".join(f'<span style="{MONO}{_CHIP}">{escape(name)}</span>' for name in _parameters(endpoint))
    return (
        f'<div style="display:flex;gap:12px;padding:6px 0;border-top:1px solid #8883">'
        f'<span style="{MONO}flex:none;width:4.2rem;font-weight:600;line-height:20px">{escape(endpoint.method)}</span>'
        f'<div style="min-width:0"><div style="{MONO}{_WRAP}line-height:20px">{_breakable(endpoint.path)}</div>'
        f'<div style="{_WRAP}">{escape(_about(endpoint))} {scope}</div>'
        f"{f'<div>{parameters}</div>' if parameters else ''}</div></div>"
    )


_WRAP = "overflow-wrap:anywhere;"
_CHIP = (
    "display:inline-block;margin:2px 6px 2px 0;padding:0 6px;border:1px solid #8885;border-radius:8px;line-height:18px;"
)


def _breakable(path: str) -> str:
    return escape(path).replace("/", "/<wbr>")
