"""Asks Zoho what there is to read, in whichever API answers, and plans it."""

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.limits.rate_limit import Lane
from zbt_notebook.client.lists.kinds import Kind
from zbt_notebook.client.lists.plan import Listing, Plan, plan
from zbt_notebook.client.lists.plan_v3 import check, plan_v3
from zbt_notebook.client.lists.project_lookup import Retired, find_places, retired
from zbt_notebook.client.lists.pull_request import PullRequest
from zbt_notebook.client.progress import OnProgress, Snapshot
from zbt_notebook.client.rest import api
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.client import ApiClient


def survey(
    client: ApiClient, request: PullRequest, kind: Kind | None, on_progress: OnProgress, call: ApiCall | None = None
) -> tuple[str, Plan]:
    """The API that answers, "classic" or "v3", and what is to be read from it; UsageError where that is nothing.

    *on_progress* hears how far a long survey is. *call* is the one list, where the request does not say all of it.
    """
    if kind is None:
        call = api.normalize(call or ApiCall("GET", request.path, request.where), client.data_center)
        return "v3" if request.api == "v3" else "classic", Plan(
            (Listing(call, limit=request.limit),), portal=_portal(call.path)
        )
    if request.since is not None and not kind.changed:
        raise UsageError(
            f"{kind.name} do not tell when they were changed: since= has nothing to compare",
            hint="Pull them all, and choose in the DataFrame.",
        )
    if request.api == "classic" or (request.api == "auto" and not client.classic_is_off):
        try:
            return "classic", _survey_classic(client, request, kind, on_progress)
        except Retired:
            if request.api == "classic":
                raise retired() from None
    found = survey_v3(client, request, kind, on_progress)
    client.classic_is_off |= request.api == "auto"  # V3 has answered in its place: a connection asks no second time
    return "v3", found


def _survey_classic(client: ApiClient, request: PullRequest, kind: Kind, on_progress: OnProgress) -> Plan:
    portal, projects = find_places(client, request.portal, request.projects, _lane(on_progress), v3=False)
    return plan(kind, request, portal, projects, client.today())


def survey_v3(client: ApiClient, request: PullRequest, kind: Kind, on_progress: OnProgress) -> Plan:
    """What is to be read from V3. Raise UsageError where it cannot answer the request."""
    check(kind, request)
    portal, projects = find_places(client, request.portal, request.projects, _lane(on_progress), v3=True)
    return plan_v3(client, kind, request, portal, projects, on_progress=on_progress)


def _portal(path: str) -> str:
    """The portal of a path, if any."""
    return path.partition("/portal/")[2].partition("/")[0]


def _lane(on_progress: OnProgress) -> Lane:
    """For the calls that find out what there is: who waits for their turn is shown it."""
    return Lane(waiting=lambda seconds: on_progress(Snapshot("", waiting=seconds)))
