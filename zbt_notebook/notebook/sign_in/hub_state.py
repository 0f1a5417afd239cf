"""The ``state`` of a sign-in on JupyterHub: signed, and telling whose server waits for the redirect.

The administrator registers one redirect URI for all users, that of the Hub's service. Each user's server has a key of
its own, from which the user's kernels sign; the service knows the secret that all of these keys come from.
"""

import base64
import hashlib
import hmac
import json
import os
import time
from dataclasses import dataclass
from secrets import compare_digest

LIFE = 600.0  # seconds
KEY, CALLBACK = "ZBT_HUB_KEY", "ZBT_HUB_CALLBACK"  # variables of a user's server, which its kernels inherit


@dataclass(frozen=True, slots=True)
class Destination:
    """Whose server a redirect is for."""

    user: str
    base_url: str  # where that server is on the Hub: /user/ada/


def user_key(secret: str, user: str) -> str:
    """The key with which the kernels of *user* sign."""
    return hmac.new(secret.encode(), user.encode(), hashlib.sha256).hexdigest()


def signed(nonce: str, destination: Destination, key: str, *, now: float | None = None) -> str:
    """The state that holds *nonce* and tells where the redirect is to go."""
    until = (time.time() if now is None else now) + LIFE
    content = _coded(json.dumps([destination.user, destination.base_url, int(until), nonce]).encode())
    return f"{content}.{_signature(content, key)}"


def destination_of(state: str, secret: str, *, now: float | None = None) -> Destination | None:
    """Where a redirect with this state is to go; None where it is not signed by its user's kernels, or too old."""
    content, _, signature = state.partition(".")
    try:
        user, base_url, until, _nonce = json.loads(base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)))
        destination = Destination(str(user), str(base_url))
        is_old = float(until) < (time.time() if now is None else now)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    expected = _signature(content, user_key(secret, destination.user))
    if is_old or not compare_digest(signature.encode("utf-8", "replace"), expected.encode()):
        return None
    return destination


def state_here(nonce: str) -> str:
    """The state for a sign-in of this kernel: signed where the Hub has the service."""
    key = os.environ.get(KEY)
    if not key:
        return nonce
    user, prefix = os.environ.get("JUPYTERHUB_USER", ""), os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "")
    return signed(nonce, Destination(user, prefix), key)


def _signature(content: str, key: str) -> str:
    return _coded(hmac.new(key.encode(), content.encode("utf-8", "replace"), hashlib.sha256).digest())


def _coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
