"""What is asked of every error: it says what to do next."""

import ast

import pytest

from tests.conftest import ROOT
from tests.house.test_sources import modules
from zbt_notebook.client import errors
from zbt_notebook.client.errors import ZbtError
from zbt_notebook.notebook import last_error
from zbt_notebook.notebook.magic.commands import doctor

# The simulated Zoho raises errors of its own to its own handlers; Zoho's words, not ours, reach a client.
SOURCES = sorted(path for path in (ROOT / "zbt_notebook").rglob("*.py") if "simulator" not in path.parts)


def kinds():
    """Every class of the tree, the ones that a module keeps to itself too."""
    assert list(modules())  # imported, so that their classes are there
    found, rest = set(), [ZbtError]
    while rest:
        kind = rest.pop()
        found.add(kind)
        rest += kind.__subclasses__()
    return found


NAMES = {kind.__name__ for kind in kinds()}


def without_a_next_step(source):
    """The errors that a source makes with no hint, or with one that can be empty: (line, text)."""
    found = []
    for node in ast.walk(ast.parse(source)):
        called = getattr(node, "func", None)
        name = getattr(called, "id", None) or getattr(called, "attr", None)
        if not isinstance(node, ast.Call) or name not in NAMES:
            continue
        hints = [keyword.value for keyword in node.keywords if keyword.arg == "hint"]
        empty = any(isinstance(part, ast.Constant) and part.value == "" for hint in hints for part in ends_of(hint))
        if not hints or empty:
            found.append((node.lineno, ast.unparse(node)))
    return found


def ends_of(expression):
    """The values that an expression can have, as far as it names them."""
    if isinstance(expression, ast.IfExp):
        return [*ends_of(expression.body), *ends_of(expression.orelse)]
    if isinstance(expression, ast.BoolOp):
        return ends_of(expression.values[-1])
    return [expression]


@pytest.mark.parametrize(
    "source",
    [
        "raise UsageError('x')",
        "raise UsageError('x', hint='')",
        "raise errors.NotFound('x', hint=advice if advice else '')",
        "problem = RateLimited('x', hint=advice or '', retry_at=now)",
    ],
)
def test_an_error_without_a_next_step_is_noticed(source):
    """The search is no formality, and what it asks for can be done."""
    assert without_a_next_step(source)
    assert not without_a_next_step(source.replace("''", "'Do it.'").replace("('x')", "('x', hint='Do it.')"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_error_says_what_to_do_next(path):
    """Two lines wherever one is made: what happened, and a hint that is never empty by its own words."""
    assert without_a_next_step(path.read_text("utf-8")) == []


@pytest.mark.parametrize("kind", sorted(kinds(), key=str), ids=lambda kind: kind.__name__)
def test_the_doctor_has_an_explanation_of_every_kind(kind, monkeypatch):
    """More than the base class's, but for the base class."""
    monkeypatch.setattr(last_error, "_last", None)
    last_error.remember(kind("what happened", hint="Do it."), "in a cell")
    seen = last_error.last()
    assert seen
    rows = dict(doctor._last_error(seen.at))
    assert rows["what to do"] == "Do it."
    assert ("report it" in rows["why"]) == (kind is ZbtError)
    assert kind.__doc__
    assert kind.__name__ in (errors.__doc__ if kind.__module__ == errors.__name__ else kind.__name__)
