"""A sign-in as its user meets it: what is filled in, what happens next, what went wrong; without a screen."""

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, Protocol

from zbt_notebook.client import signed_in
from zbt_notebook.client.auth.data_centers import DATA_CENTERS, DataCenter, default_data_center, find_data_center
from zbt_notebook.client.auth.oauth import ClientCredentials
from zbt_notebook.client.auth.scopes import PRESETS, parse_scopes
from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import NotSignedIn, UsageError, ZbtError
from zbt_notebook.client.login_flow import DEFAULT_REDIRECT_URI, LoginFlow
from zbt_notebook.notebook.sign_in.background_method import UnderWay, Way, Work
from zbt_notebook.notebook.sign_in.form import Event, Form, HeldSecret, Problem, Registered, realm_of, text_of, typed

Phase = Literal["form", "waiting", "connected"]
Prompt = Literal["", "possible", "under way"]

_STOPS_WITHIN = 1.0  # seconds to wait for a thread that was told to end: one that is amidst a request ends by itself


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


class SignIn:
    """One sign-in, from the empty form to the connection and back; fed by events, followed by listeners.

    An event is a mapping with a ``kind``: ``form``, ``start``, ``code``, ``start_again``, ``refresh``, ``sign_out``,
    ``look``, ``prompt``, or the name of one of its *ways*. Events may come on any thread, late, and twice. Those that
    begin something name the ``attempt`` that their sender saw, so that two clicks make one flow.

    *stand_ins* are clients that take the given client's place for a way that it is not registered for.
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
        ways: Mapping[str, "Way[SignIn]"] | None = None,
        stand_ins: Mapping[str, Callable[[], Registered]] | None = None,
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
        self.prompt: Prompt = ""
        self._given = HeldSecret(self.form.client_id, realm_of(site.name), client_secret) if client_secret else None
        self._held = self._given  # a secret that the caller gave outlives a sign-in, one that was typed does not
        self._flow: LoginFlow | None = None
        self._begin = begin
        self._afterwards = afterwards  # gives a note on what it did with the connection
        self._ways = {} if self_client or ways is None else ways
        self._stand_ins = stand_ins or {}
        self._way = ""  # the one that was taken last, to be taken again
        self._work: Work | None = None
        self._under_way: UnderWay | None = None
        self._listeners: list[Callable[[], None]] = []
        self.lock = threading.RLock()  # held while anything here changes

    def __repr__(self) -> str:
        return f"<SignIn {self.name!r} {self.phase}>"

    @property
    def consent_url(self) -> str:
        """The link to follow now; empty where there is none to follow."""
        if self.phase != "waiting":
            return ""
        flow, work = self._flow, self._work
        return flow.authorization_url if flow else work.link if work else ""

    @property
    def way(self) -> str:
        """The way that is under way now; empty where something has to be pasted."""
        return self._way if self._under_way else ""

    @property
    def work(self) -> Work | None:
        """What is to be told about it."""
        return self._work if self._under_way else None

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways with nothing to paste that can work for what is filled in."""
        uri = self.form.redirect_uri
        return tuple(name for name, way in self._ways.items() if way.suits(uri) or self._is_stood_in_for(name))

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
            "prompt": self._prompt,
            **dict.fromkeys(self._ways, self._take_way),
        }
        step = steps.get(text_of(event, "kind"))
        if step is None:
            return
        with self.lock:
            work = step(event)
            business = self.busy
        self._tell()
        if work:
            try:
                work()
            finally:
                with self.lock:
                    if self.busy == business:  # else it is another thread's, and that one's to end
                        self.busy = ""
                self._tell()

    def take(self, connection: Connection) -> Connection:
        """End with *connection*, however it came about; give it back."""
        note = self._afterwards(connection) if self._afterwards else ""
        with self.lock:
            self._flow, self._held = None, self._given
            self.phase, self.connection, self.problem, self.note = "connected", connection, None, note
        self.stop()
        connection.who.then(self._tell)
        return connection

    def take_late(self, connection: Connection, attempt: int) -> Connection:
        """End with what a thread brings, and make it the kernel's; a *connection* nobody waits for any more is revoked.

        Raise NotSignedIn then.
        """
        with self.lock:
            is_late = self.attempt != attempt or self.phase == "connected" or self.busy not in {"", "beginning"}
            if not is_late:
                self.busy = "connecting"  # from here on nothing else begins
        if is_late:
            connection.logout()
            raise NotSignedIn("the sign-in was stopped before the consent came", hint="Sign in again.")
        try:
            signed_in.register(connection)
            self.take(connection)
        finally:
            self.busy = ""
            self._tell()
        return connection

    def offer_prompt(self, *, possible: bool) -> None:
        """Say whether a running cell waits that could ask in the card's stead; not possible ends one under way."""
        with self.lock:
            self.prompt = "possible" if possible and not self.connection else ""
        self._tell()

    def stop(self) -> None:
        """Stop what is under way in a thread, if anything is; its port is free then."""
        with self.lock:
            under_way, self._under_way, self._work = self._under_way, None, None
        if under_way:
            under_way.stop(_STOPS_WITHIN)

    def close(self) -> None:
        """Stop as well what is just about to begin: there is no card any more."""
        with self.lock:
            self.attempt += 1
        self.stop()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()

    # steps: each is taken under the lock, and returns what has to be done outside of it

    def _fill(self, event: Event) -> None:
        if self.phase != "connected":
            self.form = typed(event, self.form)

    def _start(self, event: Event, *, complain: bool = True) -> Callable[[], None] | None:
        if not self._fill_for_good(event):
            return None
        self._way = ""
        if complain or self.holds_secret:
            try:
                self._flow = self._begin_flow(self.client, None if self.self_client else self.form.redirect_uri)
            except UsageError as error:
                self._complain(error)
            else:
                self.phase = "waiting"
        return self.stop if self._under_way else None

    def _start_again(self, event: Event) -> Callable[[], None] | None:
        if self._way:
            return self._take_way({**event, "kind": self._way})
        return self._start(event, complain=False)

    def _fill_for_good(self, event: Event) -> bool:
        """Begin one more attempt with what is filled in; tell whether this is the time for that."""
        if self.phase == "connected" or self.busy or event.get("attempt") != self.attempt:
            return False
        self.form = typed(event, self.form)
        if secret := text_of(event, "client_secret").strip():
            self._held = HeldSecret(self.form.client_id.strip(), realm_of(self.form.data_center), secret)
        self._flow, self.phase, self.problem, self.note = None, "form", None, ""
        self.attempt += 1
        return True

    def _begin_flow(self, client: ClientCredentials, redirect_uri: str | None) -> LoginFlow:
        if client.client_id and not client.client_secret:
            raise UsageError(
                "the client secret is empty",
                hint="Copy it from Zoho's API console. A client without one signs in with zbt.LoginFlow(…).",
            )
        scopes = parse_scopes(self.form.scopes)
        return self._begin(client.client_id, client.client_secret, redirect_uri, scopes, self.site, name=self.name)

    def _complain(self, error: Exception) -> None:
        self.problem = Problem.of(error)
        if isinstance(error, UsageError) and self.problem.field == "client_secret":
            self._held = self._given  # a malformed one is not worth holding

    def _take_way(self, event: Event) -> Callable[[], None] | None:
        name = text_of(event, "kind")
        if not self._fill_for_good(event):
            return None
        self._way, self.busy = name, "beginning"
        return lambda: self._set_out(name, self.attempt)

    def _set_out(self, name: str, attempt: int) -> None:
        """Go a way; as long as it begins, no event comes between."""
        self.stop()
        way = self._ways[name]
        try:
            registered = self._registered_for(name)
            client = ClientCredentials(registered.client_id, registered.client_secret)
            flow = self._begin_flow(client, registered.redirect_uri if way.catches_redirect else None)
            if way.catches_redirect:
                with self.lock:  # should it not be caught, it can still be pasted
                    self._flow, self.phase = flow, "waiting"
            work = way.prepare(self, client)
        except Exception as error:  # noqa: BLE001  as in _finish
            with self.lock:
                self._complain(error)
            return
        with self.lock:  # which its thread needs to tell its end
            self._work, self.phase = work, "waiting"
            self._under_way = way.set_out(work, lambda error: self._ended(attempt, error))
            is_gone = self.attempt != attempt
        if is_gone:
            self.stop()

    def _ended(self, attempt: int, error: ZbtError | None) -> None:
        with self.lock:
            if self.attempt != attempt or self.phase == "connected":
                return
            self._under_way = self._work = None
            if error and not self.problem:
                self.problem = Problem.of(error)
            if self._flow is None:
                self.phase = "form"
        self._tell()

    def _registered_for(self, way: str) -> Registered:
        if self._is_stood_in_for(way):
            return self._stand_ins[way]()
        return Registered(self.client.client_id, self.client.client_secret, self.form.redirect_uri)

    def _is_stood_in_for(self, way: str) -> bool:
        is_given = self._given is not None and self._secret_for(self.form) == self._given.text
        return is_given and way in self._stand_ins

    def _prompt(self, event: Event) -> Callable[[], None] | None:
        waits = self.phase == "waiting" and self._flow is not None
        if self.prompt != "possible" or self.busy or self.connection:
            return None
        if not waits and not self._fill_for_good(event):
            return None
        self.prompt, self.problem = "under way", None
        return self.stop if self._under_way else None

    def _code(self, event: Event) -> Callable[[], None] | None:
        flow = self._flow
        if flow is None or self.phase != "waiting" or self.busy:
            return None
        self.busy, self.problem, self.note = "connecting", None, ""
        pasted = text_of(event, "code")
        return lambda: self._finish(flow, pasted)

    def _finish(self, flow: LoginFlow, pasted: str) -> None:
        try:
            self.take(flow.finish(pasted))
        except Exception as error:  # noqa: BLE001  shown, as all else: a handler has nobody to raise to
            self._settle(flow, error)

    def _settle(self, flow: LoginFlow, error: Exception) -> None:
        with self.lock:
            self.problem = Problem.of(error)
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
            self.problem = Problem.of(error)
        else:
            self.note = "There is a new access token."

    def _sign_out(self, _event: Event) -> Callable[[], None] | None:
        connection = self._take_in_hand("signing out")
        return (lambda: self._leave(connection)) if connection else None

    def _leave(self, connection: Connection) -> None:
        try:
            report = connection.logout()
        except Exception as error:  # noqa: BLE001  as in _finish
            self.problem = Problem.of(error)
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
        belongs = held and (held.client_id, held.realm) == (form.client_id.strip(), realm_of(form.data_center))
        return held.text if held and belongs else ""


def _choices(site: DataCenter) -> Mapping[str, DataCenter]:
    """Zoho's data centres, after those that are this sign-in's or this environment's own."""
    own = {one.name: one for one in (site, default_data_center()) if one.name not in DATA_CENTERS}
    return {**own, **DATA_CENTERS}
