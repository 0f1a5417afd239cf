"""Search across the portal."""

from zbt_notebook.simulator.bugtracker.call import Answer, Call, listing
from zbt_notebook.simulator.bugtracker.classic.collection import PORTAL, Collection
from zbt_notebook.simulator.bugtracker.kinds import Json, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.schemas import many


def search(call: Call) -> Answer:
    """Find bugs by a word of their title or by their key, and projects by their name."""
    term = call.values["search_term"].casefold()
    hits: list[Json] = []
    for project in call.store.projects:
        named = {"id": str(project.id), "name": project.name}
        if term in project.name.casefold():
            link = {"self": call.link("projects", project.id)}
            hits.append(
                {"id": str(project.id), "title": project.name, "module": "projects", "project": named, "link": link}
            )
        for bug in call.store.bugs.of(project.id):
            if term in bug.title.casefold() or term == f"{project.prefix}-i{bug.number}".casefold():
                link = {"self": call.link("projects", project.id, "bugs", bug.id)}
                hits.append({"id": str(bug.id), "title": bug.title, "module": "bugs", "project": named, "link": link})
    return listing("search", list(call.page(hits)))


_HITS = Collection(f"{PORTAL}/search", "", "search", many("search", "SearchHit"))
ROUTES = (_HITS.listed_by(search, "Search", Parameter("search_term", Text(200, 1), required=True)),)
