"""Completion of ``%zbt`` through IPython's matcher API: the same in JupyterLab, Notebook 7 and a terminal."""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zbt_notebook.notebook.magic.ipython.zbt_magics import ZbtMagics
    from zbt_notebook.notebook.magic.session import Session

IDENTIFIER = "zbt_notebook"

# Compiled when the first line is completed: compiling takes longer than all else that %load_ext does
_LINE = r"(?s)(?P<head>\s*(?:[\w.,\s\[\]'\"]+=\s*)?(?:%time\s+)?%{1,2}zbt\s)(?P<line>.*)"


def add_completion(shell: Any, magics: "ZbtMagics") -> None:
    """Offer completions on ``%zbt`` lines in this shell."""
    completer = getattr(shell, "Completer", None)
    if completer is not None and hasattr(completer, "custom_matchers"):
        completer.custom_matchers.append(matcher(magics))


def remove_completion(shell: Any) -> None:
    """Offer them no longer."""
    completer = getattr(shell, "Completer", None)
    matchers = getattr(completer, "custom_matchers", [])
    matchers[:] = [known for known in matchers if getattr(known, "matcher_identifier", "") != IDENTIFIER]


def matcher(magics: "ZbtMagics") -> Any:
    """Make the matcher that IPython asks with the text around the cursor."""
    from IPython.core.completer import context_matcher

    @context_matcher(identifier=IDENTIFIER, priority=1000)  # type: ignore[untyped-decorator,unused-ignore]  # IPython's types vary by version
    def complete_zbt(context: Any) -> Any:
        line = context.full_text.split("\n")[context.cursor_line]
        before = line[: context.cursor_position]
        on_line = re.fullmatch(_LINE, before)
        if on_line and (context.cursor_line == 0 or not on_line["head"].lstrip().startswith("%%")):
            return _on_line(magics.console, on_line["line"], line[context.cursor_position :])
        return _in_body(context, before)

    return complete_zbt


def _on_line(console: "Session", line: str, behind: str) -> dict[str, Any]:
    from zbt_notebook.notebook.magic.completion import complete, is_open_to_python

    found = complete(line + behind, len(line), _known(console, line))
    if not found and not is_open_to_python(line):
        return {"completions": _Nothing(), "suppress": True, "ordered": True}
    fragment = line[found[0].start :] if found else ""
    return _result([(completion.text, completion.kind) for completion in found], fragment)


class _Nothing(list[Any]):
    """No completion, and none by others: IPython lets a matcher keep its own from a line only where it has some.

    Python's names and ``%magics`` would be wrong there. It asks for the length, then takes what is in it.
    """

    def __len__(self) -> int:
        return 1


def _in_body(context: Any, before: str) -> dict[str, Any]:
    first = re.fullmatch(_LINE, context.full_text.split("\n")[0])
    in_cell = first is not None and first["head"].startswith("%%") and context.cursor_line > 0
    if first is None or not in_cell or not re.fullmatch(r"\w*(?:\s*:\s*\w*)?", before):
        return _result([], "")
    from zbt_notebook.client.errors import UsageError
    from zbt_notebook.notebook.magic.completion import complete_field
    from zbt_notebook.notebook.magic.grammar.parser import CallLine, parse

    try:
        call = parse(first["line"])
    except UsageError:
        return _result([], "")
    names = complete_field(call.method, call.path, before) if isinstance(call, CallLine) else []
    return _result([(name, "field") for name in names], before)


def _result(found: list[tuple[str, str]], fragment: str) -> dict[str, Any]:
    from IPython.core.completer import SimpleCompletion

    completions = [SimpleCompletion(text, type=kind) for text, kind in found]
    result: dict[str, Any] = {"completions": completions, "suppress": bool(completions), "ordered": True}
    return {**result, "matched_fragment": fragment} if completions else result


_PATIENCE = 0.7  # seconds that Tab waits for the portal's own words, the first time


def _values(console: "Session", connection: Any, line: str) -> Any:
    """The values of a portal's fields, for the line of a word: fetched when the first one is completed."""
    from zbt_notebook.client.bugs.vocabulary import learn, vocabulary
    from zbt_notebook.notebook.magic.filter_completion import NOTHING
    from zbt_notebook.notebook.magic.grammar.options import LISTS

    if connection is None or line.split()[:1] not in ([name] for name in (*LISTS, "bug")):
        return NOTHING
    context = console.atlas(connection).context
    portal, project = (one.id if one else "" for one in (context.portal, context.project))
    learn(connection.lookups, portal, project, wait=_PATIENCE)
    return vocabulary(connection.lookups)


def _known(console: "Session", line: str = "") -> Any:
    """Tell what completion may offer in this kernel, without asking anybody."""
    from zbt_notebook.client import signed_in
    from zbt_notebook.notebook.magic.completion import Known

    connections = signed_in.connections()
    atlas = console.atlas(connections[0]) if connections else None
    portal = atlas.context.portal if atlas else None
    variables = tuple(name for name in console.shell.user_ns if not name.startswith("_") and name not in _ALWAYS_THERE)
    return Known(
        tuple(connection.name for connection in connections),
        atlas.portals if atlas else (),
        atlas.projects.get(portal.id, ()) if atlas and portal else (),
        variables,
        _values(console, connections[0] if connections else None, line),
    )


_ALWAYS_THERE = {"In", "Out", "get_ipython", "exit", "quit", "open"}
