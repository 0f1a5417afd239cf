"""Asks Zoho what there is to read, in whichever API answers, and plans it."""

from zbt_notebook.errors import UsageError
from zbt_notebook.pull.kinds import Kind
from zbt_notebook.pull.places import Retired, find_places, retired
from zbt_notebook.pull.plan import Listing, Plan, plan
from zbt_notebook.pull.plan_v3 import check, plan_v3
from zbt_notebook.pull.wish import Wish
from zbt_notebook.rest import api
from zbt_notebook.rest.api import ApiCall
from zbt_notebook.rest.client import ApiClient


def survey(client: ApiClient, wish: Wish, kind: Kind | None) -> tuple[str, Plan]:
    """The API that answers, "classic" or "v3", and what is to be read from it; UsageError where that is nothing."""
    if kind is None:
        call = api.normalize(ApiCall("GET", wish.path, wish.where), client.data_center)
        return "v3" if wish.api == "v3" else "classic", Plan((Listing(call, limit=wish.limit),))
    if wish.since is not None and not kind.changed:
        raise UsageError(
            f"{kind.name} do not tell when they were changed: since= has nothing to compare",
            hint="Pull them all, and choose in the DataFrame.",
        )
    if wish.api != "v3":
        try:
            return "classic", _survey_classic(client, wish, kind)
        except Retired:
            if wish.api == "classic":
                raise retired() from None
    return "v3", survey_v3(client, wish, kind)


def _survey_classic(client: ApiClient, wish: Wish, kind: Kind) -> Plan:
    portal, projects = find_places(client, wish.portal, wish.projects, v3=False)
    return plan(kind, wish, portal, projects, client.today())


def survey_v3(client: ApiClient, wish: Wish, kind: Kind) -> Plan:
    """What is to be read from V3. Raise UsageError where it cannot answer the wish."""
    check(kind, wish)
    portal, projects = find_places(client, wish.portal, wish.projects, v3=True)
    return plan_v3(client, kind, wish, portal, projects)
