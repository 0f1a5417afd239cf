"""What becomes of the lists of a pull when Zoho retires the classic API in its middle."""

from collections.abc import Callable, Sequence

from zbt_notebook.client.lists.plan import Listing
from zbt_notebook.client.lists.worker_pool import Line

Layout = list[int | Listing]
"""The lists after the turn: the place of one that stays as it was, or one to be read from V3."""

_DROPPED = -1


def layout(lines: Sequence[Line], listings: Sequence[Listing]) -> Layout:
    """What is through stays; of what is not, the project is read from V3. A project that V3 does not list stays too."""
    fresh: dict[str, list[Listing]] = {}
    for listing in listings:
        fresh.setdefault(_project(listing), []).append(listing)
    turned: Layout = []
    placed: set[str] = set()
    for position, line in enumerate(lines):
        project = _project(line.subject)
        if line.done or project not in fresh:
            turned.append(position)
        elif project not in placed:
            placed.add(project)
            turned += fresh[project]
    return turned


def turn(
    lines: Sequence[Line],
    layout: Layout,
    open_line: Callable[[Listing, int, frozenset[str]], Line],
) -> tuple[list[Line], list[Line]]:
    """The lines of a layout, and those that fall away: what these hold is to be taken, and known to the others."""
    kept = {position for position in layout if isinstance(position, int)}
    dropped = [line for position, line in enumerate(lines) if position not in kept]
    known: dict[str, set[str]] = {}
    for line in lines:
        if line.pager is not None:
            known.setdefault(_project(line.subject), set()).update(line.pager.names())
    turned: list[Line] = []
    for position, place in enumerate(layout):
        if isinstance(place, int):
            lines[place].position = position
            turned.append(lines[place])
        else:
            turned.append(open_line(place, position, frozenset(known.get(_project(place), ()))))
    for line in dropped:
        line.position = _DROPPED  # a page of it that comes late belongs nowhere
    return turned, dropped


def _project(listing: Listing) -> str:
    return str(listing.project.get("id"))
