"""Which host has which API, and what is heard where the classic one has ended."""

from dataclasses import replace

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.routes import CLASSIC
from zbt_notebook.simulator.http import Delivery, Request, Response, json_response
from zbt_notebook.simulator.sites import Role, Site
from zbt_notebook.simulator.switches import Switches

_NO_SUCH_PAGE = {"error": {"code": 6404, "message": "Resource Not Found"}}


def not_here(request: Request, at: Role, switches: Switches, now: float, site: Site) -> Response | None:
    """What a host answers where it does not have what was asked for; None where it has."""
    if at == "files":
        return None
    off = switches.classic_end != "none" and now >= switches.classic_ends_at
    if off and switches.classic_end == "dead" and at == "bugtracker":
        # Nobody is there to answer: the name is gone, and the connection refused
        return Response(502, b"", delivery=Delivery("refuse"))
    if request.path.startswith(CLASSIC):
        return _ended(request, switches, site) if off else None
    if switches.v3_at in {"everywhere", at}:
        return None
    if switches.v3_absent_as == "404":
        return json_response(404, _NO_SUCH_PAGE)
    return json_response(400, refusals.wrong_url().v3(switches, request.method, request.path))


def _ended(request: Request, switches: Switches, site: Site) -> Response:
    """How a gateway may refuse a path that was; what Zoho's will say is not known."""
    match switches.classic_end:
        case "401":
            refused = refusals.invalid_token(replace(switches, invalid_token_status=401))
        case "403":
            refused = refusals.no_access()
        case "400" | "410":
            refused = refusals.wrong_url(int(switches.classic_end))
        case "redirect":
            return Response(302, b"", (("Location", f"{site.projects_url}/api-docs"),))
        case _:
            return json_response(404, _NO_SUCH_PAGE)
    return json_response(refused.status, refused.gateway(switches, request.path))
