"""Does what a sign-in's effects say: the requests, the threads, the listeners; and tells it what became of them."""

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from zbt_notebook.client import signed_in
from zbt_notebook.client.auth.data_centers import DataCenter, find_data_center
from zbt_notebook.client.auth.oauth import ClientCredentials
from zbt_notebook.client.auth.scopes import parse_scopes
from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import UsageError, ZbtError
from zbt_notebook.client.login_flow import LoginFlow, connected
from zbt_notebook.notebook import last_error
from zbt_notebook.notebook.sign_in import effects as do
from zbt_notebook.notebook.sign_in import events as on
from zbt_notebook.notebook.sign_in.catchers import Answer, Catcher
from zbt_notebook.notebook.sign_in.device import ShortCode
from zbt_notebook.notebook.sign_in.form import Form, Problem, Registered

LISTENS_FOR = 300.0  # seconds: an open port is not left open for longer (RFC 8252 §8.3 has it open while needed)
_ENDS_WITHIN = 1.0  # seconds to wait for a thread that was told to end: one amidst a request ends by itself


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
        state: str,
    ) -> LoginFlow:
        """Give a flow, or raise UsageError."""


class Afterwards(Protocol):
    """What is done once it is connected."""

    def __call__(self, connection: Connection, form: Form, *, keep: bool) -> str:
        """Give a note on it."""


class Runner:
    """Runs the effects of one sign-in: *tell* takes events, *answer* says what a caught redirect has led to.

    *stand_in* gives another client for the short code where the one filled in is not of its type.
    """

    def __init__(
        self,
        tell: Callable[[on.Event], None],
        answer: Callable[[int], Answer],
        *,
        name: str,
        sites: Mapping[str, DataCenter],
        begin: Begin = LoginFlow,
        self_client: bool = False,
        catchers: Sequence[Catcher] = (),
        stand_in: Callable[[ClientCredentials], Registered | None] | None = None,
        afterwards: Afterwards | None = None,
        forget_form: Callable[[], object] | None = None,
        keep_old: bool = False,
    ) -> None:
        self._tell, self._answer = tell, answer
        self._name, self._sites, self._begin, self._self_client = name, sites, begin, self_client
        self._catchers = catchers
        self._stand_in = stand_in
        self._afterwards, self._forget_form, self._keep_old = afterwards, forget_form, keep_old
        self._deeds: Mapping[type, Callable[[Any], None]] = {
            do.MakeLink: self._make_link,
            do.MakeShortCode: self._make_short_code,
            do.Listen: self._listen,
            do.Poll: self._poll,
            do.Hush: self._hush,
            do.Exchange: self._exchange,
            do.Settle: self._settle,
            do.Discard: self._discard,
            do.Renew: self._renew,
            do.Leave: self._leave,
            do.ForgetForm: self._forget,
        }
        self._lock = threading.Lock()
        self._refused: dict[int, Problem] = {}
        self._running: list[tuple[int, Callable[[], None]]] = []

    def run(self, effect: do.Effect) -> None:
        """Do it; whatever goes wrong is an event as well."""
        self._deeds[type(effect)](effect)

    def _trying(self, attempt: int, deed: Callable[[], on.Event]) -> None:
        try:
            event = deed()
        except Exception as error:  # noqa: BLE001  shown, as all else: a handler has nobody to raise to
            event = on.Refused(attempt, _noticed(error), str(getattr(error, "error", "")))
            self._refused[attempt] = event.problem
        self._tell(event)

    # ---- beginning

    def _make_link(self, effect: do.MakeLink) -> None:
        self._trying(effect.attempt, lambda: on.LinkMade(effect.attempt, self._flow(effect)))

    def _flow(self, effect: do.MakeLink) -> LoginFlow:
        form = effect.form
        client = _checked(ClientCredentials(form.client_id.strip(), effect.secret.strip()))
        nonce = secrets.token_urlsafe(32)
        suiting = [catcher for catcher in self._catchers if catcher.suits(form.redirect_uri)]
        return self._begin(
            client.client_id,
            client.client_secret,
            None if self._self_client else form.redirect_uri,
            parse_scopes(form.scopes),
            self._site(form),
            name=self._name,
            state=suiting[0].state(nonce) if suiting else nonce,
        )

    def _make_short_code(self, effect: do.MakeShortCode) -> None:
        self._trying(effect.attempt, lambda: on.ShortCodeMade(effect.attempt, self._short_code(effect)))

    def _short_code(self, effect: do.MakeShortCode) -> ShortCode:
        from zbt_notebook.client.http.transport import RequestsTransport

        form, site = effect.form, self._site(effect.form)
        client = _checked(ClientCredentials(form.client_id.strip(), effect.secret.strip()))
        scopes = parse_scopes(form.scopes)
        LoginFlow(client.client_id, client.client_secret, None, scopes, site)  # its form is checked like a link's
        if registered := self._stand_in(client) if self._stand_in else None:
            client = ClientCredentials(registered.client_id, registered.client_secret)
        return ShortCode(
            client,
            scopes,
            site,
            data_centers=self._sites,
            transport=RequestsTransport(),
            connect=self._obtained,
        )

    def _obtained(self, *given: Any, **more: Any) -> Connection:
        connection = connected(*given, **more, name=self._name)
        connection.is_consented = True
        return connection

    def _site(self, form: Form) -> DataCenter:
        return self._sites.get(form.data_center) or find_data_center(form.data_center)

    # ---- waiting

    def _listen(self, effect: do.Listen) -> None:
        attempt, problems = effect.attempt, []
        stops = []
        for catcher in self._catchers:
            if not catcher.suits(effect.redirect_uri):
                continue
            try:
                state = effect.flow.state
                stops.append(catcher.start(state, partial(self._caught, attempt), redirect_uri=effect.redirect_uri))
            except UsageError as error:
                problems.append(Problem.of(error))
        if stops:
            timer = threading.Timer(LISTENS_FOR, self._unheard, [attempt])
            timer.name, timer.daemon = "zbt-sign-in", True
            timer.start()
            self._goes_on(attempt, *stops, partial(_end_timer, timer))
        nowhere = Problem("The redirect URI does not lead to a place that this kernel can listen at")
        self._tell(on.Listening(attempt, None if stops else (problems or [nowhere])[0]))

    def _caught(self, attempt: int, query: str) -> Answer:
        self._refused.pop(attempt, None)
        self._tell(on.Caught(attempt, query))
        refused = self._refused.get(attempt)
        return Answer(connected=False, title=refused.message, text=refused.hint) if refused else self._answer(attempt)

    def _unheard(self, attempt: int) -> None:
        self._end(attempt)
        self._tell(on.Unheard(attempt))

    def _poll(self, effect: do.Poll) -> None:
        stopped = threading.Event()

        def poll() -> on.Event:
            return on.Brought(effect.attempt, effect.code.poll(stopped))

        thread = threading.Thread(target=self._trying, args=[effect.attempt, poll], name="zbt-sign-in", daemon=True)

        def stop() -> None:
            stopped.set()
            if threading.current_thread() is not thread:
                thread.join(_ENDS_WITHIN)

        self._goes_on(effect.attempt, stop)
        thread.start()

    def _goes_on(self, attempt: int, *stops: Callable[[], None]) -> None:
        with self._lock:
            self._running += [(attempt, stop) for stop in stops]

    def _hush(self, effect: do.Hush) -> None:
        self._end(effect.attempt)

    def _end(self, attempt: int) -> None:
        with self._lock:
            over = [stop for begun, stop in self._running if begun <= attempt]
            self._running = [(begun, stop) for begun, stop in self._running if begun > attempt]
        for stop in over:
            stop()

    # ---- ending

    def _exchange(self, effect: do.Exchange) -> None:
        def finish() -> on.Event:
            return on.Brought(effect.attempt, effect.flow.finish(effect.pasted, register=False))

        self._trying(effect.attempt, finish)

    def _settle(self, effect: do.Settle) -> None:
        connection = effect.connection
        replaced = signed_in.register(connection, keep_old=self._keep_old)
        note = ""
        if self._afterwards:
            try:
                note = self._afterwards(connection, effect.form, keep=effect.keep)
            except Exception as error:  # noqa: BLE001  the sign-in itself stands
                note = _noticed(error).message
        self._tell(on.Settled(effect.attempt, connection, note, replaced))

    def _discard(self, effect: do.Discard) -> None:
        try:
            effect.connection.logout()
        except Exception as error:  # noqa: BLE001  nobody waits for it
            _noticed(error)

    def _renew(self, effect: do.Renew) -> None:
        def refresh() -> on.Event:
            effect.connection.refresh()
            return on.Refreshed(effect.attempt)

        self._trying(effect.attempt, refresh)

    def _leave(self, effect: do.Leave) -> None:
        self._trying(effect.attempt, lambda: on.Left(effect.attempt, str(effect.connection.logout())))

    def _forget(self, _effect: do.ForgetForm) -> None:
        if self._forget_form:
            self._forget_form()


def _noticed(error: Exception) -> Problem:
    """Read an error that is raised to nobody, and keep it as the last one; of one that is not ours, its type alone."""
    if not isinstance(error, ZbtError):
        error = ZbtError(f"the sign-in failed in a way nobody foresaw ({type(error).__name__})", hint="Start again.")
    last_error.remember(error, "during a sign-in")
    return Problem.of(error)


def _checked(client: ClientCredentials) -> ClientCredentials:
    if client.client_id and not client.client_secret:
        raise UsageError(
            "the client secret is empty",
            hint="Copy it from Zoho's API console. A client without one signs in with zbt.LoginFlow(…).",
            field="client_secret",
        )
    return client


def _end_timer(timer: threading.Timer) -> None:
    timer.cancel()
    if threading.current_thread() is not timer:
        timer.join(_ENDS_WITHIN)
