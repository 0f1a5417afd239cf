"""The browser's way: authorization requests, the consent page, and what its buttons do."""

from zbt_notebook.simulator.accounts.authorize import (
    AuthorizationRequest,
    ErrorPageError,
    accepted_address,
    new_code,
    read_request,
    rejected_address,
    without,
)
from zbt_notebook.simulator.accounts.state import AccountsState
from zbt_notebook.simulator.accounts.tokens import Code
from zbt_notebook.simulator.http import Request, Response
from zbt_notebook.simulator.pages.consent import consent_page
from zbt_notebook.simulator.pages.error import error_page

CONSENT_HEADER = "sandbox-consent"


def authorize(state: AccountsState, request: Request, data_center: str) -> Response:
    """Answer ``GET /oauth/v2/auth``: a consent page, an error page, or silently a redirect.

    The header ``Sandbox-Consent: accept`` (or ``reject``) presses the page's button at once, for unattended runs.
    """
    client = state.clients.get(request.query.get("client_id", ""))
    try:
        wanted = read_request(request.query, client, data_center, state.switches)
    except ErrorPageError as problem:
        return error_page(problem.heading, problem.line)
    if not wanted.client.known_in(state.home):
        return error_page("Invalid Client", "Client ID passed does not exist")
    if state.has_consented(wanted.client, wanted.scopes) and not wanted.prompt:
        return _accept(state, wanted, consent_shown=False)
    match request.headers.get(CONSENT_HEADER, "").strip().lower():
        case "accept":
            return _accept(state, wanted, consent_shown=True)
        case "reject":
            return _redirect(rejected_address(wanted))
    state.remember_pending(wanted)
    return consent_page(
        wanted.client.name,
        wanted.scopes,
        user_name=state.user.name,
        user_email=state.user.email,
        data_center=state.home,
        ticket=wanted.ticket,
        redirect_uri=wanted.redirect_uri,
        offline=wanted.offline,
    )


def decide(state: AccountsState, request: Request) -> Response:
    """Take the consent page's answer, once."""
    wanted = state.pending.pop(request.form.get("ticket", ""), None)
    if wanted is None:
        return error_page("This page has expired", "Begin again where you came from: a consent page can be used once")
    if request.form.get("decision") != "accept":
        return _redirect(rejected_address(wanted))
    return _accept(state, wanted, consent_shown=True)


def _accept(state: AccountsState, wanted: AuthorizationRequest, *, consent_shown: bool) -> Response:
    if not state.code_allowed(wanted.client):
        return _redirect(rejected_address(wanted))
    state.remember_consent(wanted.client, wanted.scopes)
    switches = state.switches
    code = new_code(wanted, state.user, state.home, state.clock.now(), switches, consent_shown=consent_shown)
    given = _implicit(state, code) if wanted.implicit else {"code": code.value}
    if not wanted.implicit:
        state.tokens.codes[code.value] = code
    accounts_url = state.sites[state.home].accounts_url
    return _redirect(accepted_address(wanted, given, state.home, accounts_url, switches))


def _implicit(state: AccountsState, code: Code) -> dict[str, str]:
    access_token = state.tokens.issue_access_token(code, None, state.clock.now(), state.switches)
    return {
        "access_token": access_token,
        "expires_in": str(round(state.switches.token_lifetime)),
        "scope": " ".join(without(code.scopes, state.switches.dropped_scopes)),
        "api_domain": state.sites[code.data_center].api_domain,
    }


def _redirect(address: str) -> Response:
    return Response(
        302, b"", (("Location", address), ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"))
    )
