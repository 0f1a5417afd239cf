"""What a route takes, by name: parameters, read from a form or an object and described in JSON Schema."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.kinds import Json, Kind


@dataclass(frozen=True, slots=True)
class Parameter:
    """One named value of a query, a form or a JSON object."""

    name: str
    kind: Kind
    required: bool = False
    about: str = ""
    also: str | None = None  # another name under which it is taken


@dataclass(frozen=True, slots=True)
class ManyOf:
    """A JSON array of objects."""

    parameters: tuple[Parameter, ...]
    fewest: int = 1

    def read(self, name: str, value: object) -> list[Json]:
        """Take every object."""
        if not isinstance(value, list) or len(value) < self.fewest:
            raise refusals.invalid_value(name)
        return [read_object(item, self.parameters) for item in value]

    def schema(self) -> Json:
        """An array with its items."""
        return {"type": "array", "minItems": self.fewest, "maxItems": 50, "items": object_schema(self.parameters)}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A JSON array of values of one kind."""

    kind: Kind
    fewest: int = 1

    def read(self, name: str, value: object) -> list[Any]:
        """Take every one."""
        if not isinstance(value, list) or len(value) < self.fewest:
            raise refusals.invalid_value(name)
        return [self.kind.read(name, one) for one in value]

    def schema(self) -> Json:
        """An array with its items."""
        return {"type": "array", "minItems": self.fewest, "maxItems": 50, "items": self.kind.schema()}


def read_object(value: object, parameters: tuple[Parameter, ...], *, lenient: bool = False) -> Json:
    """Check a JSON object key by key; unknown keys are refused unless *lenient*: then they mean nothing."""
    if not isinstance(value, dict):
        raise refusals.broken_json()
    if lenient:
        return _read(value, parameters)
    known = {parameter.name: parameter for parameter in parameters}
    for key in value:
        if key not in known and all(key != parameter.also for parameter in parameters):
            raise refusals.extra_key(str(key)[:100])
    return _read(value, parameters)


def read_fields(sent: dict[str, str], parameters: tuple[Parameter, ...]) -> Json:
    """Check query or form fields; unknown ones do no harm here."""
    return _read(sent, parameters)


def refuse_others(sent: Iterable[str], parameters: tuple[Parameter, ...]) -> None:
    """Refuse the first name that none of these parameters has."""
    known = {name for parameter in parameters for name in (parameter.name, parameter.also)}
    for name in sent:
        if name not in known:
            raise refusals.extra_parameter(name[:100])


def object_schema(parameters: tuple[Parameter, ...], *, closed: bool = True) -> Json:
    """Describe an object of these parameters."""
    described: Json = {"type": "object", "properties": {p.name: p.kind.schema() for p in parameters}}
    if required := [p.name for p in parameters if p.required]:
        described["required"] = required
    if closed:
        described["additionalProperties"] = False
    return described


def _read(sent: Any, parameters: tuple[Parameter, ...]) -> Json:
    values: Json = {}
    for parameter in parameters:
        name = parameter.name if parameter.name in sent else parameter.also
        if name is not None and name in sent:
            values[parameter.name] = parameter.kind.read(name, sent[name])
        elif parameter.required:
            raise refusals.parameter_missing(parameter.name)
    return values
