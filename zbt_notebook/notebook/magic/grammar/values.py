"""Python values as text and as JSON, without loss: what would lose something is refused."""

import math
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from zbt_notebook.client.errors import UsageError
from zbt_notebook.notebook.magic.grammar.tokenizer import holds_token, shown

_EXACT = 2**53  # beyond it a float skips whole numbers: an id that went through one is another bug's
_SECRET_VARIABLES = ("ZBT_CLIENT_SECRET", "ZBT_REFRESH_TOKEN")
_SHORTEST_SECRET = 8
_TOO_MANY = 10**1000
_DEEPEST = 100


def refuse_secret(value: object, expression: str, secrets: Iterable[str] = ()) -> None:
    """Raise UsageError, without the value, where a value is or holds a secret."""
    own = type(value).__module__.partition(".")[0] == "zbt_notebook"
    marked = _attribute(value, "is_secret")
    if own or marked or (isinstance(value, str) and _holds_secret(value, secrets)):
        raise UsageError(
            f"{shown(expression)} is a secret, or holds one: it does not go into a call",
            hint="Calls are signed by themselves; %zbt login signs in.",
        )


def _attribute(value: object, name: str) -> bool:
    try:
        return bool(getattr(value, name, False))
    except Exception:  # noqa: BLE001  an attribute of somebody's class may do anything, and an ambiguous truth is none
        return False


def _holds_secret(text: str, secrets: Iterable[str]) -> bool:
    known = (*secrets, *(os.environ.get(name, "") for name in _SECRET_VARIABLES))
    return holds_token(text) or any(secret in text for secret in known if len(secret) >= _SHORTEST_SECRET)


def as_text(value: object, expression: str, *, classic: bool = True, lists: bool = True) -> str:
    """Write a value for a path, a query, a form or a header.

    Dates are Zoho's MM-DD-YYYY in the classic API and ISO 8601 in V3; lists are comma lists, as filters take them.
    Raise UsageError for what is empty, has lost digits, or has no plain text.
    """
    value = _plain(value)
    if _is_missing(value):
        raise _refusal(expression, "is empty (None or NaN)", "Leave the item away, or give it a value.")
    if lists and isinstance(value, list | tuple):
        if not value:
            raise _refusal(expression, "is an empty list", "Leave the item away, or put something into it.")
        texts = [as_text(part, expression, classic=classic, lists=False) for part in value]
        if any("," in text for text in texts):
            raise _refusal(expression, "holds a comma in one of its parts", "Zoho separates by commas: give ids.")
        return ",".join(texts)
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value, expression, classic)
    raise _refusal(
        expression,
        f"is of the type {type(value).__name__}, which has no plain text",
        "Give a text, a number or a date.",
    )


def as_json(value: object, expression: str, depth: int = 0) -> Any:
    """Make a value that JSON can hold; missing values are null. Raise UsageError where its type has no counterpart."""
    if depth > _DEEPEST:
        raise _refusal(expression, "is nested too deeply, or in itself", "Give what the call needs of it.")
    value = _plain(value)
    if _is_missing(value):
        return None
    if isinstance(value, str | bool | int):
        return value if isinstance(value, str) else _countable(value, expression)
    if isinstance(value, float):
        if math.isinf(value):
            raise _refusal(expression, "is infinite, which JSON cannot say", "Give a finite number.")
        return value
    if isinstance(value, Mapping):
        return {_key(key, expression): as_json(part, expression, depth + 1) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(part, expression, depth + 1) for part in value]
    if isinstance(value, date | Decimal | PurePath):
        return value.isoformat() if isinstance(value, date) else str(value)
    raise _refusal(
        expression,
        f"is of the type {type(value).__name__}, which JSON cannot hold",
        "Give texts, numbers, lists, dicts.",
    )


def _key(key: object, expression: str) -> str:
    if isinstance(key, str | int) and not isinstance(key, bool):
        return str(key)
    raise _refusal(expression, f"has a key of the type {type(key).__name__}", "JSON's keys are texts.")


def _plain(value: object) -> object:
    """Take a value out of numpy's and pandas' wrappers, which are known by their methods alone."""
    root = type(value).__module__.partition(".")[0]
    if root in {"numpy", "pandas"}:
        for method in ("to_pydatetime", "tolist", "item"):
            unwrap = getattr(value, method, None)
            if callable(unwrap) and not _is_missing(value):
                return unwrap()
    return list(value) if isinstance(value, set | frozenset | range) else value


def _is_missing(value: object) -> bool:
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    return isinstance(value, float) and math.isnan(value)


def _write_number(value: Any, expression: str, _classic: bool) -> str:  # noqa: FBT001  one shape for all writers
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise _refusal(expression, "is not a finite number", "Give a finite number.")
        return format(value, "f")
    if isinstance(value, float):
        if math.isinf(value):
            raise _refusal(expression, "is not a finite number", "Give a finite number.")
        if abs(value) >= _EXACT:
            raise _refusal(expression, "is a float too large to be exact", "Keep ids as int or str: read them anew.")
        return str(int(value)) if value.is_integer() else repr(value)
    return str(_countable(int(value), expression))


def _countable(number: int, expression: str) -> int:
    """Refuse what is no id and no count: Python does not even write it (``sys.set_int_max_str_digits``)."""
    if abs(number) >= _TOO_MANY:
        raise _refusal(expression, "is a number of more than 1,000 digits", "Look at its value.")
    return number


def _write_date(value: Any, _expression: str, classic: bool) -> str:  # noqa: FBT001  as above
    if classic:
        return f"{value:%m-%d-%Y}"
    return str(value.isoformat())


def _write_text(value: Any, _expression: str, _classic: bool) -> str:  # noqa: FBT001  as above
    return str(value)


_WRITERS: tuple[tuple[type | tuple[type, ...], Callable[[Any, str, bool], str]], ...] = (
    ((str, PurePath), _write_text),
    ((bool, int, float, Decimal), _write_number),
    ((datetime, date), _write_date),
)


def _refusal(expression: str, problem: str, hint: str) -> UsageError:
    return UsageError(f"{shown(expression)} {problem}", hint=hint)
