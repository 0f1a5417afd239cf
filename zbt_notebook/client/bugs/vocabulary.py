"""The values that completion offers for each field, from those lists of the portal that were fetched already."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from zbt_notebook.client.bugs.lookups import PICK_LISTS, Lookups, Person, Portal, Project
from zbt_notebook.client.errors import ZbtError
from zbt_notebook.client.lists.criteria import Choice


def vocabulary(lookups: Lookups) -> Mapping[str, tuple[str, ...]]:
    """Field (or the label of a custom one) → the values that are known of it. Nothing is fetched."""
    found: dict[str, list[str]] = {}
    for (what, *_), value in lookups.everything():
        for name, words in _READERS[what](value) if what in _READERS else ():
            found.setdefault(name, []).extend(words)
    return {name: tuple(dict.fromkeys(values)) for name, values in found.items()}


Words = Iterator[tuple[str, list[str]]]


def _of_pick_lists(known: Mapping[str, Sequence[Choice]]) -> Words:
    return ((name, [choice.name for choice in known.get(name, ())]) for name in PICK_LISTS)


def _of_milestones(known: Sequence[Choice]) -> Words:
    return ((name, [choice.name for choice in known]) for name in ("milestone", "affected"))


def _of_people(known: Sequence[Person]) -> Words:
    return ((name, [one.name for one in known if one.active]) for name in ("assignee", "reporter", "owner"))


_READERS: Mapping[str, Callable[[Any], Words]] = {
    "fields": _of_pick_lists,
    "milestones": _of_milestones,
    "people": _of_people,
    "tags": lambda known: iter([("tags", [tag.name for tag in known])]),
    "projects": lambda known: iter([("project", [one.name for one in known])]),
    "custom fields": lambda known: ((own.label, list(own.values)) for own in known),
}


def learn(lookups: Lookups, portal: str, project: str, *, wait: float) -> None:
    """Fetch the lists in a thread, once a connection and project, and wait for them at most these seconds."""
    thread = lookups.learning.get(project)
    if thread is None:
        thread = threading.Thread(target=_fetch, args=(lookups, portal, project), name="zbt-words", daemon=True)
        lookups.learning[project] = thread
        thread.start()
    thread.join(wait)


def _fetch(lookups: Lookups, said: str, project: str) -> None:
    with suppress(ZbtError):  # what cannot be had is not offered
        portal = lookups.portal(said)
        projects = lookups.projects(portal)
        chosen = [one for one in projects if one.id == project] or list(projects[:1])
        for one in chosen:
            _fetch_of(lookups, portal, one)


def _fetch_of(lookups: Lookups, portal: Portal, project: Project) -> None:
    for fetch in (
        lambda: lookups.choices(portal, project, "status"),
        lambda: lookups.people(portal),
        lambda: lookups.custom_fields(portal, project),
        lambda: lookups.milestones(portal, project),
        lambda: lookups.tags(portal),
    ):
        with suppress(ZbtError):
            fetch()
