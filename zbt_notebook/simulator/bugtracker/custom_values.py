"""Values of custom fields: as each API writes them, as V3 takes them, as a filter compares them."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from zbt_notebook.simulator.bugtracker import dates, refusals
from zbt_notebook.simulator.bugtracker.call import Call
from zbt_notebook.simulator.bugtracker.kinds import Json
from zbt_notebook.simulator.bugtracker.store import Store
from zbt_notebook.simulator.data import prose
from zbt_notebook.simulator.data.portal import CUSTOM_FIELDS
from zbt_notebook.simulator.data.rows import Bug, CustomField

CURRENCY = "USD"
_LONGEST = {"text": 200, "email": 200, "url": 200, "phone": 15, "lines": 1000}
_NUMBERS = {"number": r"-?[0-9]{1,19}", "decimal": r"-?[0-9]{1,17}(\.[0-9]{1,10})?"}


def classic_text(store: Store, field: CustomField, value: Any) -> str:
    """A value as the classic API shows it: text, whatever its kind."""
    if isinstance(value, str):
        return value
    if field.kind in _OF_PEOPLE:
        return ", ".join(store.member_name(member) for member in _many(value))
    shown: dict[str, Callable[[Any], str]] = {
        "date": dates.day_text,
        "moment": dates.minute_text,
        "check": lambda checked: "true" if checked else "false",
        "money": lambda cents: f"{CURRENCY} {cents / 100:.2f}",
    }
    return shown[field.kind](value) if field.kind in shown else ", ".join(map(str, _many(value)))


def v3_value(store: Store, field: CustomField, value: Any) -> Any:
    """A value as V3 shows it."""
    value = _understood(store, field, value)
    if field.kind in _OF_PEOPLE:
        people = [_person(store, member) for member in _many(value)]
        return people if field.kind == "users" else people[0]
    if field.kind == "picks":
        return list(_many(value))
    if not isinstance(value, int) or field.kind not in _OF_NUMBERS:
        return value
    return _OF_NUMBERS[field.kind](value)


def _money(cents: int) -> Json:
    amount = f"{cents / 100:.2f}"
    return {"currency_code": CURRENCY, "formatted_amount": f"${amount}", "amount": amount}


_OF_PEOPLE = frozenset({"user", "users"})
_OF_NUMBERS: dict[str, Callable[[int], Any]] = {"date": dates.iso_day, "moment": dates.iso, "money": _money}


def values_of(call: Call, field: CustomField, bug: Bug) -> list[Any]:
    """What a filter compares: nothing, one value or several."""
    value = prose.custom_values(bug).get(field.column, "")
    if value == "":
        return []
    value = _understood(call.store, field, value)
    if field.kind in _OF_PEOPLE:
        found = [call.store.members.get(member) for member in _many(value)]
        return [str(member.zpuid) for member in found if member]
    if field.kind == "picks" or (field.kind == "pick" and call.switches.pick_list_filter_by == "id"):
        return [str(option_id(field, name)) for name in _many(value)]
    if field.kind in _COMPARED:
        return _COMPARED[field.kind](value)
    return [str(value).casefold()]


def _number(value: Any) -> list[float]:
    try:
        return [float(value)]
    except ValueError:
        return []


_COMPARED: dict[str, Callable[[Any], list[Any]]] = {
    "date": lambda value: [dates.today(value, 0)] if isinstance(value, int) else [],
    "moment": lambda value: [dates.today(value, 0)] if isinstance(value, int) else [],
    "money": lambda value: [value / 100] if isinstance(value, int) else [],
    "check": lambda value: ["true" if value else "false"],
    "number": _number,
    "decimal": _number,
}


def option_id(field: CustomField, name: str) -> int:
    """The id of an option of a pick list; 0 of what is none."""
    return field.id + 1 + field.options.index(name) if name in field.options else 0


def read_classic(call: Call, field: CustomField) -> Any:
    """Read one of a form's custom fields; None where it is not written as this portal takes it: it is ignored then."""
    text = call.values[field.column]
    if text == "" or field.kind not in {"picks", "user", "users"}:
        return text
    sent = call.request.every(field.column) if field.column in call.request.form else [text]
    takes = call.switches.several_choices_as
    if len(sent) > 1 and takes == "commas":
        return None
    parts = [text] if takes == "repeated" else text.split(",")
    words = sent if len(sent) > 1 else [part.strip() for part in parts if part.strip()]
    if field.kind == "picks":
        return tuple(words) if all(word in field.options for word in words) else None
    by, members = call.switches.custom_people_as, call.store.members
    known: dict[str, int] = {}
    for member in members:
        known |= {str(member.id): member.id, str(member.zpuid): member.id} if by != "names" else {}
        known |= {member.name: member.id} if by != "ids" else {}
    if not all(word in known for word in words):
        return None
    people = tuple(known[word] for word in words)
    return people if field.kind == "users" else people[0]


def read_v3(store: Store, sent: Json, before: Bug | None) -> Json:
    """Read the custom fields of a JSON body into columns; Refused where a value does not fit its field."""
    held = prose.custom_values(before) if before else {}
    return {
        field.column: _read(store, field, sent[field.api_name], held.get(field.column, ""))
        for field in CUSTOM_FIELDS
        if field.api_name in sent
    }


def _read(store: Store, field: CustomField, value: Any, before: Any) -> Any:
    if value is None or value == "":
        return ""
    held = _many(_understood(store, field, before)) if field.kind in {"users", "picks"} else ()
    readers: dict[str, Callable[[], Any]] = {
        "user": lambda: _member(store, field.api_name, value),
        "users": lambda: _listed(value, held, lambda one: _member(store, field.api_name, one)),
        "pick": lambda: _option(field, value),
        "picks": lambda: _listed(value, held, lambda one: _option(field, one)),
        "check": lambda: value if isinstance(value, bool) else None,
        "date": lambda: _moment(field.api_name, value, whole_days=True),
        "moment": lambda: _moment(field.api_name, value, whole_days=False),
        "money": lambda: _cents(value),
        **dict.fromkeys(_NUMBERS, lambda: str(value) if re.fullmatch(_NUMBERS[field.kind], str(value)) else None),
        **dict.fromkeys(_LONGEST, lambda: _text(field, value)),
    }
    stored = readers[field.kind]()
    if stored is None:
        raise refusals.invalid_value(field.api_name)
    return stored


def _cents(value: Any) -> int | None:
    amount = str(value.get("amount") if isinstance(value, dict) else value)
    return round(float(amount) * 100) if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,2})?", amount) else None


def _text(field: CustomField, value: Any) -> str | None:
    if isinstance(value, str) and len(value) > _LONGEST[field.kind]:
        raise refusals.too_long(field.api_name)
    return value if isinstance(value, str) else None


def _member(store: Store, name: str, value: Any) -> int:
    zpuid = value.get("zpuid") if isinstance(value, dict) else None
    if not isinstance(zpuid, str) or not re.fullmatch("[0-9]{1,19}", zpuid):
        raise refusals.invalid_value(name)
    return store.find_member(int(zpuid), f"The user of {name}").id


def _option(field: CustomField, value: Any) -> str:
    if value not in field.options:
        raise refusals.invalid_value(field.api_name)
    return str(value)


def _listed(value: Any, before: tuple[Any, ...], read: Any) -> tuple[Any, ...]:
    """A list that takes the place of the one before, or ``[{"add": […], "remove": […]}]``, which changes it."""
    if not isinstance(value, list):
        raise refusals.invalid_value("value")
    if len(value) == 1 and isinstance(value[0], dict) and value[0].keys() <= {"add", "remove"}:
        gone = {read(one) for one in value[0].get("remove", ())}
        added = tuple(read(one) for one in value[0].get("add", ()))
        return tuple(dict.fromkeys(one for one in (*before, *added) if one not in gone))
    return tuple(dict.fromkeys(read(one) for one in value))


def _moment(name: str, value: str, *, whole_days: bool) -> int:
    try:
        return dates.read_iso_day(value) if whole_days else dates.read_iso(value)
    except ValueError:
        raise refusals.pattern_not_matched(name) from None


def _understood(store: Store, field: CustomField, value: Any) -> Any:
    """A value that the classic API wrote, which knows only text, as its field has it; else as it is."""
    if not isinstance(value, str) or value == "":
        return value
    parts = tuple(part.strip() for part in value.split(",") if part.strip())
    if field.kind in _OF_PEOPLE:
        found = tuple(member.id for member in store.members if {member.name, str(member.zpuid)} & set(parts))
        return found if field.kind == "users" else (found or (0,))[0]
    readers: dict[str, Callable[[], Any]] = {
        "picks": lambda: parts,
        "check": lambda: value.lower() == "true",
        "date": lambda: dates.read_day(value),
    }
    try:
        return readers[field.kind]() if field.kind in readers else value
    except ValueError:
        return value


def _person(store: Store, member_id: int) -> Json:
    member = store.members.get(member_id)
    if member is None:
        return {"name": "", "zpuid": "", "email": ""}
    return {"name": member.name, "zpuid": str(member.zpuid), "email": member.email}


def _many(value: Any) -> tuple[Any, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        return () if value == "" else (value,)
    return tuple(value)
