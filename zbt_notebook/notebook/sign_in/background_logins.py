"""The ways to sign in with nothing to paste: the short code, and the redirect that is caught on this machine."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.auth.oauth import ClientCredentials, Token
from zbt_notebook.client.auth.scopes import parse_scopes
from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import UsageError, ZbtError
from zbt_notebook.client.http.messages import Transport
from zbt_notebook.client.login_flow import connected
from zbt_notebook.notebook.sign_in.background import BackgroundSignIn
from zbt_notebook.notebook.sign_in.background_method import Work
from zbt_notebook.notebook.sign_in.device import DeviceWork
from zbt_notebook.notebook.sign_in.loopback import LoopbackWork, Place
from zbt_notebook.notebook.sign_in.sign_in import SignIn

Ended = Callable[[ZbtError | None], None]


class ShortCode:
    """Zoho's device flow; works wherever there is a client of that type."""

    catches_redirect = False

    def suits(self, redirect_uri: str) -> bool:  # noqa: ARG002  there is none in it: any will do
        """Tell that it works for every redirect URI."""
        return True

    def prepare(self, sign_in: SignIn, client: ClientCredentials) -> Work:
        """Get the short code; raise SignInRejected or Unreachable where there is none."""
        from zbt_notebook.client.http.transport import RequestsTransport

        attempt = sign_in.attempt

        def connect(
            credentials: ClientCredentials,
            site: DataCenter,
            token: Token,
            transport: Transport,
            *,
            asked: tuple[str, ...],
        ) -> Connection:
            connection = connected(credentials, site, token, transport, asked=asked, name=sign_in.name, register=False)
            return sign_in.take_late(connection, attempt)

        return DeviceWork(
            client,
            parse_scopes(sign_in.form.scopes),
            sign_in.site,
            data_centers=sign_in.data_centers,
            transport=RequestsTransport(),
            connect=connect,
        )

    def set_out(self, work: Work, ended: Ended | None = None, *, patience: float | None = None) -> BackgroundSignIn:
        """Ask Zoho again and again, in a thread."""
        return BackgroundSignIn(work, patience=patience, ended=ended)


class Caught:
    """A listener at the registered redirect URI; works where that leads to the machine of kernel and browser."""

    catches_redirect = True

    def __init__(self) -> None:
        self._latest: BackgroundSignIn | None = None

    def suits(self, redirect_uri: str) -> bool:
        """Tell whether the address is this machine's, with a port: the one without, 80, is not a user's to open."""
        try:
            Place.of(redirect_uri)
        except UsageError:
            return False
        return urlsplit(redirect_uri.strip()).port is not None

    def prepare(self, sign_in: SignIn, client: ClientCredentials) -> Work:  # noqa: ARG002  the flow knows it
        """Open the port; raise UsageError where it is taken.

        A card that was left behind in this kernel may hold it, or an earlier run of the same cell: whoever presses the
        button on another card, or runs the cell again, means that one.
        """
        if self._latest:
            self._latest.stop()
        return LoopbackWork(sign_in)

    def set_out(self, work: Work, ended: Ended | None = None, *, patience: float | None = None) -> BackgroundSignIn:
        """Serve, in a thread."""
        self._latest = BackgroundSignIn(work, patience=patience, ended=ended)
        return self._latest


WAYS: Mapping[str, ShortCode | Caught] = MappingProxyType({"device": ShortCode(), "loopback": Caught()})
