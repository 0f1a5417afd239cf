"""The two revoke endpoints: the classic one asks for the token alone, the newer one for the client too."""

import base64
import binascii

from zbt_notebook.simulator.accounts.answers import accounts_json, token_error
from zbt_notebook.simulator.accounts.state import AccountsState
from zbt_notebook.simulator.accounts.token_endpoint import RefusedError, find_client
from zbt_notebook.simulator.http import Request, Response

_SUCCESS = {"status": "success"}


def classic(state: AccountsState, params: dict[str, str], data_center: str) -> Response:
    """Revoke a refresh token with its access tokens, or one access token; no client authentication."""
    return _revoke(state, params.get("token", ""), data_center, kinds=("refresh_token", "access_token"))


def newer(state: AccountsState, request: Request, data_center: str) -> Response:
    """Revoke a token of the client that authenticates itself by HTTP Basic; ``token_type`` narrows the search."""
    try:
        client = find_client(state, _basic(request.headers.get("authorization", "")), data_center)
    except RefusedError as refusal:
        return token_error(refusal.word, state.switches)
    token = request.params.get("token", "")
    owner = state.tokens.owner_of(token)
    if owner != client.client_id:
        return _refused(state)
    kind = request.params.get("token_type", "")
    return _revoke(state, token, data_center, kinds=(kind,) if kind else ("refresh_token", "access_token"))


def _basic(header: str) -> dict[str, str]:
    scheme, _, encoded = header.partition(" ")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {}
    return {"client_id": client_id, "client_secret": secret} if scheme.lower() == "basic" else {}


def _revoke(state: AccountsState, token: str, data_center: str, *, kinds: tuple[str, ...]) -> Response:
    if state.tokens.home_of(token) != data_center:
        return _refused(state)
    gone = ("refresh_token" in kinds and state.tokens.drop_refresh_token(token)) or (
        "access_token" in kinds and state.tokens.drop_access_token(token)
    )
    return accounts_json(200, _SUCCESS) if gone else _refused(state)


def _refused(state: AccountsState) -> Response:
    return accounts_json(state.switches.wrong_revoke_status, {"error": state.switches.wrong_revoke_error})
