"""Events: the meetings of a project."""

from zbt_notebook.simulator.bugtracker import dates
from zbt_notebook.simulator.bugtracker.call import Answer, Call, listing, succeeded
from zbt_notebook.simulator.bugtracker.classic.collection import PROJECT, Collection
from zbt_notebook.simulator.bugtracker.kinds import Day, Identifiers, Json, OneOf, Text, Whole
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.schemas import many
from zbt_notebook.simulator.data.rows import Event

_MINUTE_MS = 60_000


def event_shape(call: Call, event: Event) -> Json:
    """Shape an event; it is open until it is over."""
    hours, minutes = divmod(event.minutes, 60)
    return {
        "id": event.id,
        "title": event.title,
        "location": event.location,
        "scheduled_on": dates.minute_text(event.start_ms, call.offset),
        "scheduled_on_long": event.start_ms,
        "reminder": event.reminder,
        "repeat": event.repeat,
        "occurrence(s)": event.times,
        "occurred": 0 if _open(call, event) else 1,
        "duration_hour": str(hours),
        "duration_minutes": str(minutes),
        "is_open": _open(call, event),
        "participants": [
            {"participant_id": str(one), "participant_person": call.name(one)} for one in event.participants
        ],
    }


def _open(call: Call, event: Event) -> bool:
    return event.start_ms + event.minutes * _MINUTE_MS > call.now_ms


def list_events(call: Call) -> Answer:
    """List the events that are still to come (open), or over (closed)."""
    wanted = call.values["status"] == "open"
    rows = [event for event in call.store.events.of(call.project.id) if _open(call, event) == wanted]
    return listing("events", [event_shape(call, event) for event in call.page(rows)])


def _start(call: Call, day_ms: int, otherwise: int | None = None) -> int:
    values = call.values
    if otherwise is not None and not values.keys() & {"date", "hour", "minutes", "ampm"}:
        return otherwise
    hour: int = values.get("hour", 12) % 12 + (12 if values.get("ampm", "am").lower() == "pm" else 0)
    minute: int = values.get("minutes", 0)
    return dates.midnight(day_ms, call.offset) + (hour * 60 + minute) * _MINUTE_MS


def _people(call: Call, otherwise: tuple[int, ...] = ()) -> tuple[int, ...]:
    if "participants" not in call.values:
        return otherwise
    return tuple(call.store.find_member(number, "Participant").id for number in sorted(call.values["participants"]))


def _minutes(call: Call, otherwise: int) -> int:
    values = call.values
    if not values.keys() & {"duration_hour", "duration_mins"}:
        return otherwise
    hours: int = values.get("duration_hour", otherwise // 60)
    minutes: int = values.get("duration_mins", otherwise % 60)
    return hours * 60 + minutes


def _texts(call: Call) -> Json:
    return call.columns("title", "location", "repeat", remind_before="reminder", nooftimes_repeat="times")


def create_event(call: Call) -> Answer:
    """Plan an event, in the portal's time zone."""
    values = call.values
    made = Event(
        id=call.store.take_id(),
        project_id=call.project.id,
        start_ms=_start(call, values["date"]),
        minutes=_minutes(call, 0),
        participants=_people(call),
        **{"location": "", **_texts(call)},
    )
    return Answer(201, {"events": [event_shape(call, call.store.events.put(made))]})


def _event(call: Call) -> Event:
    return call.store.events.find(call.number("event"), "Event", call.project.id)


def update_event(call: Call) -> Answer:
    """Change an event."""
    event, values = _event(call), call.values
    day = values.get("date", dates.today(event.start_ms, call.offset))
    changed = call.store.events.change(
        event,
        start_ms=_start(call, day, event.start_ms),
        minutes=_minutes(call, event.minutes),
        participants=_people(call, event.participants),
        **_texts(call),
    )
    return Answer(200, {"events": [event_shape(call, changed)]})


def delete_event(call: Call) -> Answer:
    """Delete an event."""
    call.store.events.remove(_event(call))
    return succeeded("Event deleted")


_NEEDED = (
    ("title", Text(500, 1)),
    ("date", Day()),
    ("hour", Whole(1, 12)),
    ("minutes", Whole(0, 59)),
    ("ampm", OneOf(("am", "pm"))),
    ("duration_hour", Whole(0, 99)),
    ("duration_mins", Whole(0, 59)),
    ("participants", Identifiers()),
)
_FURTHER = (
    Parameter("remind_before", Text(60)),
    Parameter("repeat", Text(60)),
    Parameter("nooftimes_repeat", Whole(1, 100)),
    Parameter("location", Text(500)),
)
_EVENTS = Collection(f"{PROJECT}/events/", "event", "events", many("events", "Event"))
_STATUS = Parameter("status", OneOf(("open", "closed")), required=True)
_NEW = [Parameter(name, kind, required=True) for name, kind in _NEEDED]
ROUTES = (
    _EVENTS.listed_by(list_events, "List events", _STATUS),
    _EVENTS.created_by(create_event, "Plan an event", *_NEW, *_FURTHER),
    _EVENTS.changed_by(update_event, "Change an event", *(Parameter(*field) for field in _NEEDED), *_FURTHER),
    _EVENTS.deleted_by(delete_event, "Delete an event"),
)
