"""What is filled in on a sign-in's form, and what was wrong with it."""

import dataclasses
from dataclasses import dataclass

from zbt_notebook.client.auth.data_centers import DATA_CENTERS
from zbt_notebook.client.errors import SignInRejected, UsageError, ZbtError
from zbt_notebook.client.secret_str import StaysInKernel

# Zoho's word for a refusal -> the field to look at.
_REFUSED_FIELDS = {
    "": "code",
    "invalid_code": "code",
    "state_mismatch": "code",
    "invalid_client": "client_id",
    "invalid_client_secret": "client_secret",
    "invalid_redirect_uri": "redirect_uri",
    "invalid_scope": "scopes",
}


@dataclass(frozen=True, slots=True)
class Form:
    """What is filled in, as it was typed. The secret is not among it."""

    data_center: str
    client_id: str
    redirect_uri: str
    scopes: str


@dataclass(frozen=True, slots=True)
class HeldSecret(StaysInKernel):
    """A client secret that waits in the kernel for its next use, and the client it belongs to."""

    client_id: str
    realm: str
    text: str = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class Registered(StaysInKernel):
    """A client as it is registered; one without a redirect URI has none."""

    client_id: str
    client_secret: str = dataclasses.field(repr=False)
    redirect_uri: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, what to do next, and the field to look at."""

    message: str
    hint: str = ""
    field: str = ""
    cause: ZbtError | None = dataclasses.field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, error: ZbtError) -> "Problem":
        """Read an error."""
        message = error.message[:1].upper() + error.message[1:]
        return cls(message, error.hint, _field_at_fault(error), error)

    def exception(self) -> ZbtError:
        """The error for whoever waits; always a new traceback."""
        return (self.cause or SignInRejected(self.message, hint=self.hint)).with_traceback(None)


def realm_of(data_center: str) -> str:
    """Who is told a secret: Zoho in each of its data centres, or one stand-in."""
    return "zoho" if data_center in DATA_CENTERS else data_center


def _field_at_fault(error: ZbtError) -> str:
    if isinstance(error, UsageError):
        return error.field
    if isinstance(error, SignInRejected):
        return _REFUSED_FIELDS.get(error.error, "")
    return ""
