"""What a connection tells of itself. There is no secret in it: safe to show, and to save."""

from dataclasses import dataclass

from zbt_notebook.client.limits.rate_limit import WindowUse
from zbt_notebook.client.quoting import counted


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a connection."""

    name: str
    data_center: str
    api_url: str
    client_id: str
    scopes_granted: tuple[str, ...]
    scopes_missing: tuple[str, ...]  # asked for, but not granted
    signed_in: bool
    can_refresh: bool
    seconds_left: float  # of the access token
    token_budget_left: int  # access tokens that Zoho still gives in the running ten minutes
    windows: tuple[WindowUse, ...]  # rate limit windows in use
    account: str = ""  # who is signed in, the e-mail address shortened; known with the scope AaaServer.profile.READ
    v3_url: str = ""  # the host that V3 was found at; empty until it was asked

    def __str__(self) -> str:
        state = f"token good for {self.seconds_left / 60:.0f} min" if self.signed_in else "signed out"
        return f"{self.name}: {self.data_center}, {state}, {counted(len(self.scopes_granted), 'scopes')}"


@dataclass(frozen=True, slots=True)
class LogoutReport:
    """What a sign-out achieved: ``revoked`` at Zoho, ``forgotten`` in this kernel, and in the keyring.

    ``keyring`` is None where nothing was remembered there.
    """

    revoked: bool
    forgotten: bool
    keyring: bool | None = None

    def __str__(self) -> str:
        here = "forgotten in this kernel"
        if self.keyring is not None:
            here += " and in the keyring" if self.keyring else ", but NOT in the keyring, which refuses"
        if self.revoked:
            return f"Signed out: revoked at Zoho, {here}."
        return (
            f"Signed out: {here}, but NOT revoked at Zoho, which could not be reached or did not know the token.\n"
            "Revoke it by hand: accounts.zoho.com (or your data centre's), Sessions, Connected Apps."
        )
