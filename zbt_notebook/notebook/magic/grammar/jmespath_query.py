"""JMESPath on answers, checked before anything is sent."""

from typing import Any

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.quoting import shown


def read(expression: str) -> str:
    """Give the expression back where it is JMESPath; raise UsageError with the place of the mistake where it is not.

    Braces may be doubled, as they are where values are filled in: ``{{`` means nothing of its own to JMESPath.
    """
    problem = _problem(expression)
    if not problem:
        return expression
    single = expression.replace("{{", "{").replace("}}", "}")
    if single != expression and not _problem(single):
        return single
    raise UsageError(
        f"{shown(expression)} is not JMESPath: {problem}",
        hint="As in: -q \"[?severity.type=='Major'].{id: id, title: title}\" (https://jmespath.org/examples.html).",
    )


def _problem(expression: str) -> str:
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        compiled = jmespath.compile(expression)
    except (JMESPathError, RecursionError, ValueError) as error:
        return str(error).partition("\n")[0][:200]
    is_text = compiled.parsed.get("type") == "literal" and isinstance(compiled.parsed.get("value"), str)
    return "it is a text, and chooses nothing" if is_text else ""


def search(expression: str, records: list[Any] | None, thing: Any, body: Any) -> Any:
    """Apply an expression to the records of a list; to one thing, else to the body that it came in."""
    if records is not None:
        return _apply(expression, records)
    try:
        found = _apply(expression, thing)
    except UsageError:
        if thing is body:
            raise
        return _apply(expression, body)
    return _apply(expression, body) if found is None and thing is not body else found


def _apply(expression: str, value: Any) -> Any:
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return jmespath.search(expression, value)
    except (JMESPathError, RecursionError, TypeError, ValueError, ArithmeticError) as error:
        problem = str(error).partition("\n")[0]
    raise UsageError(
        f"{shown(expression)} does not fit the answer: {problem[:200]}", hint="Look at the answer without -q."
    )
