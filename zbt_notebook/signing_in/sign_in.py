"""A sign-in as its user meets it: what is filled in, what happens next, what went wrong; without a screen."""

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from zbt_notebook import last_error
from zbt_notebook.connection import Connection
from zbt_notebook.data_centers import DATA_CENTERS, DataCenter, default_data_center, find_data_center
from zbt_notebook.errors import SignInRejected, UsageError, ZbtError
from zbt_notebook.login_flow import DEFAULT_REDIRECT_URI, LoginFlow
from zbt_notebook.oauth import ClientCredentials
from zbt_notebook.scopes import PRESETS, parse_scopes

Phase = Literal["form", "waiting", "connected"]
Event = Mapping[str, Any]

# What an error's text is about -> the field to look at.
_FIELDS = {
    "client ID": "client_id",
    "client secret": "client_secret",
    "redirect URI": "redirect_uri",
    "scope": "scopes",
    "data centre": "data_center",
}
_REFUSED_FIELDS = {
    "": "code",
    "invalid_code": "code",
    "state_mismatch": "code",
    "invalid_client": "client_id",
    "invalid_client_secret": "client_secret",
    "invalid_redirect_uri": "redirect_uri",
    "invalid_scope": "scopes",
}


class Begin(Protocol):
    """Makes the flow of one attempt; LoginFlow is one."""

    def __call__(
        self,
        client_id: str,
        client_secret: str,
        redirect_uri: str | None,
        scopes: Iterable[str],
        data_center: DataCenter,
        *,
        name: str,
    ) -> LoginFlow:
        """Give a flow, or raise UsageError."""


@dataclass(frozen=True, slots=True)
class Form:
    """What is filled in, as it was typed. The secret is not among it."""

    data_center: str
    client_id: str
    redirect_uri: str
    scopes: str


@dataclass(frozen=True, slots=True)
class HeldSecret:
    """A client secret that waits in the kernel for its next use, and the client it belongs to."""

    client_id: str
    realm: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, what to do next, and the field to look at."""

    message: str
    hint: str = ""
    field: str = ""


class SignIn:
    """One sign-in, from the empty form to the connection and back; fed by events, followed by listeners.

    An event is a mapping with a ``kind``: ``form``, ``start``, ``code``, ``start_again``, ``refresh``, ``sign_out``,
    ``look``. Events may come on any thread, late, and twice. ``start`` and ``start_again`` name the ``attempt`` that
    their sender saw, so that two clicks make one flow.
    """

    def __init__(
        self,
        *,
        client_id: str | None = None,
        client_secret: str = "",
        redirect_uri: str | None = None,
        scopes: str | Iterable[str] | None = None,
        data_center: str | DataCenter | None = None,
        name: str = "default",
        self_client: bool = False,
        begin: Begin = LoginFlow,
        afterwards: Callable[[Connection], str] | None = None,
    ) -> None:
        site = find_data_center(data_center)
        self.name = name
        self.self_client = self_client  # its code comes from the API console: there is no link and no redirect URI
        self.data_centers = _choices(site)
        if client_id is None and not client_secret:
            client_id, client_secret = os.environ.get("ZBT_CLIENT_ID", ""), os.environ.get("ZBT_CLIENT_SECRET", "")
        asked = PRESETS["read only"] if scopes is None else parse_scopes(scopes)
        self.form = Form(site.name, client_id or "", redirect_uri or DEFAULT_REDIRECT_URI, ", ".join(asked))
        self.phase: Phase = "form"
        self.attempt = 0
        self.busy = ""
        self.problem: Problem | None = None
        self.note = ""
        self.connection: Connection | None = None
        self._given = HeldSecret(self.form.client_id, _realm(site.name), client_secret) if client_secret else None
        self._held = self._given  # a secret that the caller gave outlives a sign-in, one that was typed does not
        self._flow: LoginFlow | None = None
        self._begin = begin
        self._afterwards = afterwards  # gives a note on what it did with the connection
        self._listeners: list[Callable[[], None]] = []
        self.lock = threading.RLock()  # held while anything here changes

    def __repr__(self) -> str:
        return f"<SignIn {self.name!r} {self.phase}>"

    @property
    def consent_url(self) -> str:
        """The link to follow now; empty where there is none to follow."""
        flow = self._flow
        return flow.authorization_url if flow and self.phase == "waiting" else ""

    @property
    def holds_secret(self) -> bool:
        """Whether the secret field may stay empty."""
        return bool(self._secret_for(self.form))

    @property
    def client(self) -> ClientCredentials:
        """The client as it is filled in, with the secret that is held for it."""
        return ClientCredentials(self.form.client_id.strip(), self._secret_for(self.form).strip())

    @property
    def site(self) -> DataCenter:
        """The data centre that is chosen; raise UsageError where there is none of that name."""
        return self.data_centers.get(self.form.data_center) or find_data_center(self.form.data_center)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call *listener* after every change, on the thread that made it."""
        self._listeners.append(listener)

    def handle(self, event: Event) -> None:
        """Take one event. Errors are kept to be shown; what is unknown or out of place changes nothing."""
        steps: dict[object, Callable[[Event], Callable[[], None] | None]] = {
            "form": self._fill,
            "start": self._start,
            "start_again": self._start_again,
            "code": self._code,
            "refresh": self._refresh,
            "sign_out": self._sign_out,
            "look": self._look,
        }
        step = steps.get(_text(event, "kind"))
        if step is None:
            return
        with self.lock:
            work = step(event)
        self._tell()
        if work:
            try:
                work()
            finally:
                self.busy = ""
                self._tell()

    def take(self, connection: Connection) -> Connection:
        """End with *connection*, however it came about; give it back."""
        note = self._afterwards(connection) if self._afterwards else ""
        with self.lock:
            self._flow, self._held = None, self._given
            self.phase, self.connection, self.problem, self.note = "connected", connection, None, note
        return connection

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()

    # steps: each is taken under the lock, and returns what has to be done outside of it

    def _fill(self, event: Event) -> None:
        if self.phase != "connected":
            self.form = _typed(event, self.form)

    def _start(self, event: Event, *, complain: bool = True) -> None:
        if self.phase == "connected" or self.busy or event.get("attempt") != self.attempt:
            return
        self.form = _typed(event, self.form)
        if secret := _text(event, "client_secret").strip():
            self._held = HeldSecret(self.form.client_id.strip(), _realm(self.form.data_center), secret)
        self._flow, self.phase, self.problem, self.note = None, "form", None, ""
        self.attempt += 1
        if not complain and not self.holds_secret:
            return
        try:
            self._flow = self._begin_flow()
        except UsageError as error:
            self.problem = _problem(error)
            if self.problem.field == "client_secret":
                self._held = self._given  # a malformed one is not worth holding
        else:
            self.phase = "waiting"

    def _begin_flow(self) -> LoginFlow:
        form, secret = self.form, self._secret_for(self.form)
        if form.client_id.strip() and not secret:
            raise UsageError(
                "the client secret is empty",
                hint="Copy it from Zoho's API console. A client without one signs in with zbt.LoginFlow(…).",
            )
        scopes = parse_scopes(form.scopes)
        redirect_uri = None if self.self_client else form.redirect_uri
        return self._begin(form.client_id, secret, redirect_uri, scopes, self.site, name=self.name)

    def _start_again(self, event: Event) -> None:
        self._start(event, complain=False)

    def _code(self, event: Event) -> Callable[[], None] | None:
        flow = self._flow
        if flow is None or self.phase != "waiting" or self.busy:
            return None
        self.busy, self.problem, self.note = "connecting", None, ""
        pasted = _text(event, "code")
        return lambda: self._finish(flow, pasted)

    def _finish(self, flow: LoginFlow, pasted: str) -> None:
        try:
            self.take(flow.finish(pasted))
        except Exception as error:  # noqa: BLE001  shown, as all else: a handler has nobody to raise to
            self._settle(flow, error)

    def _settle(self, flow: LoginFlow, error: Exception) -> None:
        with self.lock:
            self.problem = _problem(error)
            if getattr(error, "error", "") == "invalid_client_secret" and self._flow is flow:
                self._given = None if self._held is self._given else self._given
                self._held, self._flow, self.phase = self._given, None, "form"

    def _refresh(self, _event: Event) -> Callable[[], None] | None:
        connection = self._take_in_hand("refreshing")
        return (lambda: self._renew(connection)) if connection else None

    def _renew(self, connection: Connection) -> None:
        try:
            connection.refresh()
        except Exception as error:  # noqa: BLE001  as in _finish
            self.problem = _problem(error)
        else:
            self.note = "There is a new access token."

    def _sign_out(self, _event: Event) -> Callable[[], None] | None:
        connection = self._take_in_hand("signing out")
        return (lambda: self._leave(connection)) if connection else None

    def _leave(self, connection: Connection) -> None:
        try:
            report = connection.logout()
        except Exception as error:  # noqa: BLE001  as in _finish
            self.problem = _problem(error)
            return
        with self.lock:
            self.phase, self.connection, self.note = "form", None, str(report)

    def _take_in_hand(self, business: str) -> Connection | None:
        self._look({})
        if self.connection is None or self.busy:
            return None
        self.busy, self.problem, self.note = business, None, ""
        return self.connection

    def _look(self, _event: Event) -> None:
        if self.connection and not self.busy and not self.connection.status().signed_in:
            self.phase, self.connection, self.problem = "form", None, None
            self.note = "This connection was signed out elsewhere in the notebook."

    def _secret_for(self, form: Form) -> str:
        held = self._held
        belongs = held and (held.client_id, held.realm) == (form.client_id.strip(), _realm(form.data_center))
        return held.text if held and belongs else ""


def _choices(site: DataCenter) -> Mapping[str, DataCenter]:
    """Zoho's data centres, after those that are this sign-in's or this environment's own."""
    own = {one.name: one for one in (site, default_data_center()) if one.name not in DATA_CENTERS}
    return {**own, **DATA_CENTERS}


def _realm(data_center: str) -> str:
    """Who is told a secret: Zoho in each of its data centres, or one stand-in."""
    return "zoho" if data_center in DATA_CENTERS else data_center


def _typed(event: Event, form: Form) -> Form:
    names = ("data_center", "client_id", "redirect_uri", "scopes")
    return replace(form, **{name: _text(event, name) for name in names if isinstance(event.get(name), str)})


def _text(event: Event, name: str) -> str:
    value = event.get(name)
    return value if isinstance(value, str) else ""


def _problem(error: Exception) -> Problem:
    if not isinstance(error, ZbtError):
        error = ZbtError(f"the sign-in failed in a way nobody foresaw ({type(error).__name__})", hint="Start again.")
    last_error.remember(error, "during a sign-in")
    message = error.message[:1].upper() + error.message[1:]
    return Problem(message, error.hint, _field_at_fault(error))


def _field_at_fault(error: ZbtError) -> str:
    if isinstance(error, UsageError):
        return next((name for words, name in _FIELDS.items() if words in error.message), "")
    if isinstance(error, SignInRejected):
        return _REFUSED_FIELDS.get(error.error, "")
    return ""
