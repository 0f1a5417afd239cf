"""The token endpoint: codes, refresh tokens and client credentials become access tokens."""

import base64
import hashlib
import hmac

from zbt_notebook.simulator.accounts.answers import throttled, token_answer, token_error
from zbt_notebook.simulator.accounts.authorize import without
from zbt_notebook.simulator.accounts.clients import Client
from zbt_notebook.simulator.accounts.scopes import known, split_scopes
from zbt_notebook.simulator.accounts.state import AccountsState
from zbt_notebook.simulator.accounts.tokens import Code, Permission, RefreshToken, TooManyRequestsError
from zbt_notebook.simulator.http import Response


class RefusedError(Exception):
    """A token request refused with one word."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def answer(state: AccountsState, params: dict[str, str], data_center: str) -> Response:
    """Answer one POST to ``/oauth/v2/token``."""
    switches = state.switches
    try:
        match params.get("grant_type"):
            case "authorization_code":
                return _exchange(state, params, data_center)
            case "refresh_token":
                return _refresh(state, params, data_center)
            case "client_credentials":
                return _client_credentials(state, params, data_center)
            case _:
                return token_error(switches.wrong_grant_type_error, switches)
    except RefusedError as refusal:
        return token_error(refusal.word, switches)
    except TooManyRequestsError:
        return throttled(switches)


def find_client(state: AccountsState, params: dict[str, str], data_center: str) -> Client:
    """Authenticate the client; a data centre that does not know it says ``invalid_client``."""
    client = state.clients.get(params.get("client_id", ""))
    if client is None or not client.known_in(data_center):
        raise RefusedError("invalid_client")
    secret = client.secret_in(data_center, differs=state.switches.secret_per_data_center)
    given = params.get("client_secret", "")
    if client.type == "mobile" and not given:
        return client  # a secret inside an app is none; its proof is the code verifier
    if not hmac.compare_digest(given.encode(), secret.encode()):
        raise RefusedError(state.switches.wrong_credentials_error)
    return client


def hand_over(state: AccountsState, code: Code) -> Response:
    """Turn a spent code into tokens."""
    now, switches = state.clock.now(), state.switches
    refresh = state.tokens.issue_refresh_token(code, now, switches) if code.gives_refresh_token else None
    return _tokens(state, code, refresh, None if refresh is None else refresh.value)


def _exchange(state: AccountsState, params: dict[str, str], data_center: str) -> Response:
    client = find_client(state, params, data_center)
    code = state.tokens.codes.get(params.get("code", ""))
    if code is None or code.client.client_id != client.client_id or code.data_center != data_center:
        raise RefusedError("invalid_code")
    if code.expires_at <= state.clock.now():
        del state.tokens.codes[code.value]
        raise RefusedError("invalid_code")
    if code.redirect_uri and params.get("redirect_uri") != code.redirect_uri:
        raise RefusedError(state.switches.wrong_redirect_error)
    checks_pkce = client.type == "mobile" or state.switches.pkce_for_server_clients == "verified"
    if checks_pkce and code.challenge and not _proves(params.get("code_verifier", ""), code):
        raise RefusedError("invalid_code")
    response = hand_over(state, code)
    del state.tokens.codes[code.value]
    return response


def _refresh(state: AccountsState, params: dict[str, str], data_center: str) -> Response:
    client = find_client(state, params, data_center)
    token = state.tokens.refresh_tokens.get(params.get("refresh_token", ""))
    if token is None or token.client.client_id != client.client_id or token.data_center != data_center:
        raise RefusedError("invalid_code")
    state.tokens.count_refresh(token, state.clock.now(), state.switches)
    return _tokens(state, token, token, None)


def _client_credentials(state: AccountsState, params: dict[str, str], data_center: str) -> Response:
    client = find_client(state, params, data_center)
    if client.type != "self":
        raise RefusedError("invalid_client")
    scopes = known(split_scopes(params.get("scope", "")), state.switches)
    if not scopes:
        raise RefusedError("invalid_scope")
    if state.switches.organisation_needed and not params.get("soid"):
        raise RefusedError("missing_org_info")
    granted = without(scopes, state.switches.dropped_scopes)
    now = state.clock.now()
    code = Code("", client, state.user, granted, data_center, now, "", gives_refresh_token=False)
    return hand_over(state, code)


def _tokens(state: AccountsState, source: Permission, refresh: RefreshToken | None, shown: str | None) -> Response:
    switches = state.switches
    return token_answer(
        state.tokens.issue_access_token(source, refresh, state.clock.now(), switches),
        refresh_token=shown,
        scopes=source.scopes,
        api_domain=state.sites[source.data_center].api_domain,
        seconds=switches.token_lifetime,
        switches=switches,
    )


def _proves(verifier: str, code: Code) -> bool:
    """RFC 7636, section 4.6."""
    if code.challenge_method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(verifier.encode(), code.challenge.encode())
