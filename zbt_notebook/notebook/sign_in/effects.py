"""What a sign-in sets going: each effect is a value that names its attempt, and ends in an event."""

from dataclasses import dataclass, field

from zbt_notebook.client.connection import Connection
from zbt_notebook.client.login_flow import LoginFlow
from zbt_notebook.notebook.sign_in.device import ShortCode
from zbt_notebook.notebook.sign_in.form import Form


@dataclass(frozen=True, slots=True)
class MakeLink:
    """Check the form and make the consent link: ``LinkMade`` or ``Refused``."""

    attempt: int
    form: Form
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MakeShortCode:
    """Ask Zoho for a short code: ``ShortCodeMade`` or ``Refused``."""

    attempt: int
    form: Form
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Listen:
    """Catch the redirect wherever that can be: ``Listening``, then ``Caught`` or ``Unheard``."""

    attempt: int
    flow: LoginFlow
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Poll:
    """Ask Zoho, in a thread, whether the short code was accepted: ``Brought`` or ``Refused``."""

    attempt: int
    code: ShortCode


@dataclass(frozen=True, slots=True)
class Hush:
    """End what this attempt, and those before it, have under way."""

    attempt: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """Exchange a code: ``Brought`` or ``Refused``."""

    attempt: int
    flow: LoginFlow
    pasted: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settle:
    """Make the connection the kernel's current one, and remember what is to be remembered: ``Settled``."""

    attempt: int
    connection: Connection
    form: Form
    keep: bool


@dataclass(frozen=True, slots=True)
class Discard:
    """Revoke a connection that nobody waits for, or that another one has replaced."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class Renew:
    """Get a new access token: ``Refreshed`` or ``Refused``."""

    attempt: int
    connection: Connection


@dataclass(frozen=True, slots=True)
class Leave:
    """Sign out: ``Left`` or ``Refused``."""

    attempt: int
    connection: Connection


@dataclass(frozen=True, slots=True)
class ForgetForm:
    """Forget what the form was filled in with."""


Effect = MakeLink | MakeShortCode | Listen | Poll | Hush | Exchange | Settle | Discard | Renew | Leave | ForgetForm
