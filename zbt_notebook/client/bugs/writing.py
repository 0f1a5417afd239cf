"""Writes a bug's fields by name: builds the body that the API wants, and checks that the change was made."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from typing import Any

from zbt_notebook.client.bugs.custom_values import Sent, custom_value, is_nothing, several
from zbt_notebook.client.bugs.lookups import Lookups
from zbt_notebook.client.bugs.resolver import Resolver
from zbt_notebook.client.errors import ApiError, RateLimited, ScopeMissing, UsageError
from zbt_notebook.client.html_text import text_of
from zbt_notebook.client.lists import fields
from zbt_notebook.client.lists.criteria import Choice, Criterion, Span, Value
from zbt_notebook.client.lists.fields import Field
from zbt_notebook.client.suggestions import did_you_mean, same_name
from zbt_notebook.client.v3_columns.custom_fields import plain


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be written: *body* as the API at hand wants it, *wanted* to compare the answer with.

    *beside* is what V3 alone can write, where the classic API is at hand: tags. *again* has the fields of which Zoho's
    pages do not say how they are written, in another form, to be sent where the first one does not take.
    """

    body: tuple[tuple[str, Any], ...] = dataclasses.field(repr=False)
    wanted: tuple[tuple[Field, Value | Sent], ...]
    beside: tuple[tuple[str, Any], ...] = dataclasses.field(default=(), repr=False)
    again: "Change | None" = None

    def after(self, refusal: ApiError) -> "Change":
        """The change in that other form, where it may be the first one that was refused; else raise the refusal."""
        if self.again is None or refusal.status != 400 or isinstance(refusal, (RateLimited, ScopeMissing)):  # noqa: PLR2004  Bad Request
            raise refusal
        kept = tuple(pair for pair in self.body if pair[0] not in dict(self.again.body))
        return dataclasses.replace(self, body=(*kept, *self.again.body), again=None)

    def shown(self, record: Mapping[str, Any] | None) -> list[str]:
        """Each change in words: ``severity: Minor → Major``."""
        return [f"{_name(field)}: {_now(field, record)}{_text(value)}" for field, value in self.wanted]

    def not_taken(self, record: Mapping[str, Any]) -> list[str]:
        """What the answer does not show: field, what was asked, and what Zoho has."""
        return [
            f"{_name(field)} (asked: {_text(value)}, {_held(field, record)})"
            for field, value in self.wanted
            if not _took(field, value, record)
        ]


def change(resolver: Resolver, said: Mapping[str, Any], tagged: Callable[[], Iterable[Choice]] | None = None) -> Change:
    """Look every name and value up. Raise UsageError for one that there is not, or that cannot be written.

    *tagged* gives the tags that the bug has; without it the bug is a new one.
    """
    is_v3, zone = resolver.lookups.is_v3, resolver.within.portal.zone
    body: list[tuple[str, Any]] = []
    beside: list[tuple[str, Any]] = []
    otherwise: list[tuple[str, Any]] = []
    wanted: list[tuple[Field, Value | Sent]] = []
    for name, value in said.items():
        field = resolver.field(name)
        key = field.write_v3 if is_v3 else field.write
        if not key:
            writable = [one.name for one in fields.FIELDS["bugs"] if (one.write_v3 if is_v3 else one.write)]
            raise UsageError(
                f"{field.label} cannot be written",
                hint=f"{did_you_mean(name, writable)} These can: {', '.join(writable)}.".strip(),
            )
        if any(field.name == other.name for other, _ in wanted):
            raise UsageError(f"{field.label} is there twice", hint="Keep one of them.")
        if field.name == "tags":
            tags = _tags(resolver, field, value)
            wanted.append((field, tags))
            if is_v3 and tagged is None:
                body.append((key, tags.value))
            elif difference := _difference(tags.value, tagged() if tagged else ()):
                (body if is_v3 else beside).append((key, [difference]))
            continue
        if sent := custom_value(resolver, field, value):
            first, *others = ((sent.value,),) if is_v3 else sent.forms
            body += [(key, one) for one in first]
            otherwise += [(key, one) for form in others for one in form]
            wanted.append((field, sent))
            continue
        one = _single(resolver, field, value)
        if field.type == "moment" and not is_v3:  # no page tells how the classic API writes one: as it shows one
            field = replace(field, type="text")
            one = f"{one.begins.astimezone(zone):%m-%d-%Y %I:%M %p}" if isinstance(one, Span) else one
        body.append((key, _written_v3(field, one) if is_v3 else _written(field, one)))
        wanted.append((field, one))
    again = Change(tuple(otherwise), tuple(pair for pair in wanted if pair[0].write in dict(otherwise)))
    return Change(tuple(body), tuple(wanted), tuple(beside), again if otherwise else None)


def _tags(resolver: Resolver, field: Field, said: Any) -> Sent:
    """All the tags that a bug is to have; a text is one tag's name, or several with commas between them."""
    names = [] if is_nothing(said) else several(said)
    if isinstance(said, str) and "," in said and any(same_name(tag.name, said) for _, tag in resolver.known(field)):
        names = [said.strip()]
    found = [one for name in names for one in resolver.value(field, name) if isinstance(one, Choice)]
    chosen = {_id(field, one): one.name for one in found}
    return Sent([{"id": number} for number in chosen], ", ".join(chosen.values()))


def _difference(wanted: list[dict[str, str]], tagged: Iterable[Choice]) -> dict[str, list[dict[str, str]]]:
    """What V3 is to add and to remove; empty where there is nothing to do."""
    held = [{"id": tag.id} for tag in tagged]
    changes = {
        "add": [tag for tag in wanted if tag not in held],
        "remove": [tag for tag in held if tag not in wanted],
    }
    return {operation: tags for operation, tags in changes.items() if tags}


def _single(resolver: Resolver, field: Field, said: Any) -> Value:
    """The one value that is meant: of a choice that is called none, the choice. UsageError for nothing, if need be."""
    value = resolver.value(field, "none" if said is None else said)[0]
    if isinstance(value, str) and not value.strip():
        value = None
    if value is None and field.name == "title":
        raise UsageError("a bug needs a title", hint='Write title="…".')
    if value is None and not (field.name == "description" or field.name.startswith(fields.CUSTOM)):
        raise UsageError(
            f"Zoho's API has no documented way to empty {field.label.casefold()}",
            hint=f"Give it another value, or empty it on the bug's page. A new bug: leave {field.name}= out.",
        )
    return value


def _written(field: Field, value: Value) -> str:
    if isinstance(value, Choice):
        if field.type == "person":
            return next((one for one in value.others if one.isdigit()), value.id)  # a zuid: what its page asks for
        return value.name if field.name.startswith(fields.CUSTOM) else _id(field, value)
    if isinstance(value, date):
        return f"{value:%m-%d-%Y}"
    if isinstance(value, Span):
        return value.begins.isoformat()
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _written_v3(field: Field, value: Value) -> Any:
    if isinstance(value, Choice):
        if field.type == "person":
            return {"zpuid": value.id}
        return value.name if field.name.startswith(fields.CUSTOM) else {"id": _id(field, value)}
    if isinstance(value, date):
        return value.isoformat()
    if value is None and field.name == "description":
        return ""
    if isinstance(value, float) and value.is_integer():
        return int(value)  # 4711.0 is no integer to Zoho
    return value.begins.isoformat() if isinstance(value, Span) else value


def _id(field: Field, value: Choice) -> str:
    if not value.ids:
        raise UsageError(
            f"Zoho does not tell the id of {field.label.casefold()} {value.name!r}", hint=f"Write {field.name}= its id."
        )
    return value.ids[0]


def _took(field: Field, value: Value | Sent, record: Mapping[str, Any]) -> bool:
    """Whether the field itself, and no other column of the answer, has what was asked."""
    if isinstance(value, Sent):
        values = [fields.at(record, path) for path in field.paths]
        return value.equals(next((one for one in values if one is not None), None))
    found = field.read(record)
    if field.name == "description":
        return [text_of(str(one)) for one in found] == ([] if value is None else [text_of(str(value))])
    if field.type == "text" and not field.values and isinstance(value, str):
        return [_unescaped(str(one)) for one in found] == [_unescaped(value)]
    return Criterion(field.name, "==", (value,)).holds(found)


def _unescaped(text: str) -> str:
    """A text as it was meant: some portals escape a title for HTML, even twice."""
    return unescape(unescape(text)).strip()


def _name(field: Field) -> str:
    return field.name.removeprefix(fields.CUSTOM)


def _now(field: Field, record: Mapping[str, Any] | None) -> str:
    if record is None:
        return ""
    return f"{_there(field, record) or 'none'} → "


def _held(field: Field, record: Mapping[str, Any]) -> str:
    if field.name.startswith(fields.CUSTOM) and not record.get("customfields"):
        return "Zoho's answer shows no such field at all: look at the bug's page"
    return f"Zoho has: {_there(field, record) or 'none'}"


def _there(field: Field, record: Mapping[str, Any]) -> str:
    return ", ".join(_text(value) for value in _read(field, record))


def _read(field: Field, record: Mapping[str, Any]) -> list[object]:
    """What a record has in a field; people, choices and money of a custom one as the text that shows them."""
    if field.type not in {"text", "person", "number"} or not field.name.startswith(fields.CUSTOM):
        return field.read(record)
    values = [plain(fields.at(record, path)) for path in field.paths]
    return [str(one) for one in values if one is not None and one != ""]


def _text(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, Span):
        return value.begins.isoformat(timespec="minutes")
    text = value.text or "none" if isinstance(value, Sent) else value.name if isinstance(value, Choice) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004  what fits on a line


def closing(lookups: Lookups, resolver: Resolver, *, closes: bool) -> str:
    """The status by which a bug is closed, or opened again: by the words that Zoho has for it unless told."""
    field = fields.field("bugs", "status")
    names = list(dict.fromkeys(choice.name for _, choice in resolver.known(field)))
    wished = ("closed",) if closes else ("reopen", "reopened", "open")
    closed = lookups.closing(resolver.within.portal)
    for word in wished:
        if found := next((name for name in names if name.casefold() == word), None):
            return found
    fitting = [name for name in names if (name in closed) is closes] if closed else []
    if fitting:
        return fitting[0]
    verb = "closes" if closes else "opens"
    raise UsageError(f"no status is known that {verb} a bug", hint=f"Write status=…: {', '.join(names)}.")
