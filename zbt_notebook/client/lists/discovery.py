"""Asks Zoho what there is to read, in whichever API answers, and plans it."""

from collections.abc import Callable

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.limits.rate_limit import Lane
from zbt_notebook.client.lists.kinds import Kind
from zbt_notebook.client.lists.plan import Listing, Plan, plan
from zbt_notebook.client.lists.plan_v3 import check, plan_v3
from zbt_notebook.client.lists.project_lookup import Retired, find_places, retired
from zbt_notebook.client.lists.pull_request import PullRequest
from zbt_notebook.client.progress import Snapshot
from zbt_notebook.client.rest import api
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.client import ApiClient

Told = Callable[[Snapshot], None]


def survey(
    client: ApiClient, wish: PullRequest, kind: Kind | None, told: Told, call: ApiCall | None = None
) -> tuple[str, Plan]:
    """The API that answers, "classic" or "v3", and what is to be read from it; UsageError where that is nothing.

    *told* is how far it is, where it takes long; *call* the one list, where the wish does not say all of it.
    """
    if kind is None:
        call = api.normalize(call or ApiCall("GET", wish.path, wish.where), client.data_center)
        return "v3" if wish.api == "v3" else "classic", Plan((Listing(call, limit=wish.limit),))
    if wish.since is not None and not kind.changed:
        raise UsageError(
            f"{kind.name} do not tell when they were changed: since= has nothing to compare",
            hint="Pull them all, and choose in the DataFrame.",
        )
    if wish.api == "classic" or (wish.api == "auto" and not client.classic_is_off):
        try:
            return "classic", _survey_classic(client, wish, kind, told)
        except Retired:
            if wish.api == "classic":
                raise retired() from None
    found = survey_v3(client, wish, kind, told)
    client.classic_is_off |= wish.api == "auto"  # V3 has answered in its place: a connection asks no second time
    return "v3", found


def _survey_classic(client: ApiClient, wish: PullRequest, kind: Kind, told: Told) -> Plan:
    portal, projects = find_places(client, wish.portal, wish.projects, _lane(told), v3=False)
    return plan(kind, wish, portal, projects, client.today())


def survey_v3(client: ApiClient, wish: PullRequest, kind: Kind, told: Told) -> Plan:
    """What is to be read from V3. Raise UsageError where it cannot answer the wish."""
    check(kind, wish)
    portal, projects = find_places(client, wish.portal, wish.projects, _lane(told), v3=True)
    return plan_v3(client, kind, wish, portal, projects, told=told)


def _lane(told: Told) -> Lane:
    """For the calls that find out what there is: who waits for their turn is shown it."""
    return Lane(waiting=lambda seconds: told(Snapshot("", waiting=seconds)))
