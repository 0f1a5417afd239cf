"""What a sign-in sets going: each effect is a value that names its attempt, and ends in an event."""

from dataclasses import dataclass, field

from zbt_notebook.client.connection import Connection
from zbt_notebook.client.login_flow import LoginFlow
from zbt_notebook.notebook.sign_in.device import ShortCode
from zbt_notebook.notebook.sign_in.form import Form


@dataclass(frozen=True, slots=True)
class _OfAttempt:
    """An effect of one attempt, by its number."""

    attempt: int


@dataclass(frozen=True, slots=True)
class MakeLink(_OfAttempt):
    """Check the form and make the consent link: ``LinkMade`` or ``Refused``."""

    form: Form
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MakeShortCode(_OfAttempt):
    """Ask Zoho for a short code: ``ShortCodeMade`` or ``Refused``."""

    form: Form
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Listen(_OfAttempt):
    """Catch the redirect wherever that can be: ``Listening``, then ``Caught`` or ``Unheard``."""

    flow: LoginFlow
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Poll(_OfAttempt):
    """Ask Zoho, in a thread, whether the short code was accepted: ``Brought`` or ``Refused``."""

    code: ShortCode


@dataclass(frozen=True, slots=True)
class Hush(_OfAttempt):
    """End what this attempt, and those before it, have under way."""


@dataclass(frozen=True, slots=True)
class Exchange(_OfAttempt):
    """Exchange a code: ``Brought`` or ``Refused``."""

    flow: LoginFlow
    pasted: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settle(_OfAttempt):
    """Make the connection the kernel's current one, and remember what is to be remembered: ``Settled``."""

    connection: Connection
    form: Form
    keep: bool


@dataclass(frozen=True, slots=True)
class Discard:
    """Revoke a connection that nobody waits for, or that another one has replaced."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class Renew(_OfAttempt):
    """Get a new access token: ``Refreshed`` or ``Refused``."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class Leave(_OfAttempt):
    """Sign out: ``Left`` or ``Refused``."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class ForgetForm:
    """Forget what the form was filled in with."""


Effect = MakeLink | MakeShortCode | Listen | Poll | Hush | Exchange | Settle | Discard | Renew | Leave | ForgetForm
