"""What ``{portal}`` and ``{project}`` stand for, found by name or by id."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.redactor import plain
from zbt_notebook.client.suggestions import did_you_mean, same_name
from zbt_notebook.notebook.magic.display.table import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zbt_notebook.client.bugs.lookups import Portal, Project
    from zbt_notebook.client.connection import Connection


@dataclass(frozen=True, slots=True)
class PortalOrProject:
    """A portal or a project."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Context:
    """The portal and project in use on one connection."""

    portal: PortalOrProject | None = None
    project: PortalOrProject | None = None

    def values(self) -> dict[str, str]:
        """Give what the names in braces stand for."""
        in_use = {"portal": self.portal, "project": self.project}
        return {name: one.id for name, one in in_use.items() if one}

    def names(self) -> dict[str, str]:
        """Give what they are called."""
        in_use = {"portal": self.portal, "project": self.project}
        return {name: one.name for name, one in in_use.items() if one}

    def __str__(self) -> str:
        in_use = {"portal": self.portal, "project": self.project}
        return ", ".join(f"{name} {plain(one.name)} ({one.id})" for name, one in in_use.items() if one) or "none"


@dataclass(slots=True)
class Atlas:
    """The portals and projects that a connection was seen to have, and the ones in use. Nothing is fetched twice."""

    connection: "Connection"
    context: Context = Context()
    portals: tuple[PortalOrProject, ...] = ()
    projects: dict[str, tuple[PortalOrProject, ...]] = field(default_factory=dict)

    def use(self, portal: str | None, project: str | None) -> Context:
        """Set portal or project by id or by name; an empty text forgets it, None keeps it.

        Raise UsageError with the nearest names. Another portal forgets the project.
        """
        context = self.context
        if portal is not None:
            found = self._portal(portal) if portal else None
            context = context if found == context.portal else Context(found)
        if project:
            inside = context.portal or self._only_portal()
            context = Context(inside, self._project(inside, project))
        elif project is not None:
            context = replace(context, project=None)
        self.context = context
        return context

    def known_portals(self) -> dict[str, str]:
        """Give the names of the portals by id, as far as they were seen: nothing is fetched."""
        seen = (*self.portals, *filter(None, [self.context.portal]))
        return {one.id: one.name for one in seen}

    def all_portals(self) -> tuple[PortalOrProject, ...]:
        """Give every portal."""
        if not self.portals:
            lookups = self.connection.lookups
            lookups.forget("portals")  # there may be a new one
            self.portals = _named(lookups.portals())
        return self.portals

    def all_projects(self, portal: PortalOrProject) -> tuple[PortalOrProject, ...]:
        """Give every project of a portal."""
        if not self.projects.get(portal.id):
            lookups = self.connection.lookups
            lookups.forget("projects", portal.id)
            self.projects[portal.id] = _named(lookups.projects(lookups.portal(portal.id)))
        return self.projects[portal.id]

    def _portal(self, wanted: str) -> PortalOrProject:
        found = find_by_name(self.portals, wanted)
        if found is None:
            self.portals = ()
            found = find_by_name(self.all_portals(), wanted)
        return found or _missing("portal", wanted, self.portals)

    def _only_portal(self) -> PortalOrProject:
        portals = self.all_portals()
        if len(portals) != 1:
            names = listed(one.name for one in portals) or "none"
            raise UsageError("a project needs its portal", hint=f"Say portal=… as well; you have: {names}.")
        return portals[0]

    def _project(self, portal: PortalOrProject, wanted: str) -> PortalOrProject:
        found = find_by_name(self.projects.get(portal.id, ()), wanted)
        if found is None:
            self.projects.pop(portal.id, None)
            found = find_by_name(self.all_projects(portal), wanted)
        return found or _missing("project", wanted, self.projects[portal.id])


def _named(found: "Iterable[Portal | Project]") -> tuple[PortalOrProject, ...]:
    return tuple(PortalOrProject(one.id, one.name) for one in found)


def find_by_name(known: tuple[PortalOrProject, ...], wanted: str) -> PortalOrProject | None:
    """Find one by its id, its name, or its name in any case; raise UsageError where several have the name."""
    for found in (
        [one for one in known if one.id == wanted],
        [one for one in known if one.name == wanted],
        [one for one in known if same_name(one.name, wanted)],
    ):
        if len(found) > 1:
            ids = listed(one.id for one in found)
            raise UsageError(f"{len(found)} are called {shown(wanted)}", hint=f"Take one by its id: {ids}.")
        if found:
            return found[0]
    return None


def _missing(kind: str, wanted: str, known: tuple[PortalOrProject, ...]) -> PortalOrProject:
    names = [one.name for one in known]
    holding = [name for name in names if wanted.casefold() in name.casefold()]
    hint = did_you_mean(wanted, names, n=3, quote=shown) or did_you_mean(wanted, holding, n=3, cutoff=0, quote=shown)
    if not hint:
        hint = f"You have: {listed(one.name for one in known)}." if known else f"This account has no {kind}s."
    raise UsageError(f"there is no {kind} {shown(wanted)}", hint=hint)
