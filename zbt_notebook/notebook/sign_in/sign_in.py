"""A sign-in that can be watched and acted on from any thread: its state, and who carries out what that leads to."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from zbt_notebook.client import signed_in
from zbt_notebook.client.auth.data_centers import DATA_CENTERS, DataCenter, default_data_center, find_data_center
from zbt_notebook.client.auth.oauth import ClientCredentials
from zbt_notebook.client.auth.scopes import PRESETS, parse_scopes
from zbt_notebook.client.connection import Connection
from zbt_notebook.client.login_flow import DEFAULT_REDIRECT_URI, LoginFlow
from zbt_notebook.client.settings import setting
from zbt_notebook.notebook.sign_in import events as on
from zbt_notebook.notebook.sign_in.card_view import Outlook, view_of
from zbt_notebook.notebook.sign_in.catchers import Answer, Catcher
from zbt_notebook.notebook.sign_in.form import Form, HeldSecret, Problem, Registered, realm_of
from zbt_notebook.notebook.sign_in.runner import Afterwards, Begin, Runner
from zbt_notebook.notebook.sign_in.state import Connected, Desk, Filling, State, step


class SignIn:
    """One sign-in, from the empty form to the connection and back.

    ``handle`` takes what a front end says: a mapping with a ``kind``. Messages may come on any thread, late, and twice.
    With a *connection* it begins connected, and greets its user. *remembered* is what an earlier sign-in was filled in
    with; *stand_in* gives another client for the short code.
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
        connection: Connection | None = None,
        greets: bool = False,
        note: str = "",
        remembered: Form | None = None,
        keep: bool = False,
        keep_old: bool = False,
        cannot_keep: str = "",
        begin: Begin = LoginFlow,
        afterwards: Afterwards | None = None,
        forget_form: Callable[[], object] | None = None,
        catchers: Sequence[Catcher] = (),
        stand_in: Callable[[ClientCredentials], Registered | None] | None = None,
        filled_in: str = "",
        has_cells: bool = True,
    ) -> None:
        site = find_data_center(data_center)
        sites = _choices(site)
        if client_id is None and not client_secret:
            client_id, client_secret = setting("ZBT_CLIENT_ID"), setting("ZBT_CLIENT_SECRET")
            filled_in = filled_in or ("by whoever set this server up" if client_id and client_secret else "")
        asked = PRESETS["read only"] if scopes is None else parse_scopes(scopes)
        blank = Form(site.name, client_id or "", redirect_uri or DEFAULT_REDIRECT_URI, ", ".join(asked))
        form = remembered or blank
        given = HeldSecret(blank.client_id, realm_of(site.name), client_secret) if client_secret else None
        desk = Desk(
            form=form,
            blank=blank,
            given=given,
            held=given,
            keep=keep,
            note=note,
            remembered=remembered is not None,
            chooses_redirect=redirect_uri is None and remembered is None,
            self_client=self_client,
        )
        self.name = name
        self.outlook = Outlook(
            name=name,
            data_centers=tuple(sites.values()),
            filled_in=filled_in,
            cannot_keep=cannot_keep,
            has_cells=has_cells,
        )
        self._catchers = catchers
        self._lock = threading.RLock()  # held while the state changes
        self._state: State = Connected(desk, connection, greets=greets) if connection else Filling(desk)
        self._listeners: list[Callable[[], None]] = []
        self._watched: Connection | None = None
        self._runner = Runner(
            self.take,
            self.answer,
            name=name,
            sites=sites,
            begin=begin,
            self_client=self_client,
            catchers=() if self_client else catchers,
            stand_in=stand_in,
            afterwards=afterwards,
            forget_form=forget_form,
            keep_old=keep_old,
        )
        self._watch()

    def __repr__(self) -> str:
        return f"<SignIn {self.name!r} {self.view()['phase']}>"

    @property
    def state(self) -> State:
        """What is the case now."""
        return self._state

    @property
    def connection(self) -> Connection | None:
        """What it led to: a connection that the kernel has, or None."""
        state = self._state
        return state.connection if isinstance(state, Connected) else None

    @property
    def problem(self) -> Problem | None:
        """What went wrong last, while that still matters."""
        return self._state.desk.problem

    def view(self) -> dict[str, Any]:
        """Everything that a front end needs to show it, without a secret."""
        return view_of(self._state, self.outlook)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call *listener* after every change, on the thread that made it."""
        self._listeners.append(listener)

    def handle(self, message: Mapping[str, Any]) -> None:
        """Take what a front end says. Errors are kept to be shown; what is unknown or out of place changes nothing."""
        self.inspect()
        event = on.read_message(message)
        if event:
            self.take(event)
        elif message.get("kind") == "view":
            self._tell()

    def take(self, event: on.Event) -> None:
        """Take one event, and do what it leads to; it may lead to more events, on this thread or on others."""
        with self._lock:
            before, (self._state, effects) = self._state, step(self._state, event)
        self._watch()
        if self._state != before:
            self._tell()
        for effect in effects:
            self._runner.run(effect)

    def answer(self, attempt: int) -> Answer:
        """What the browser that brought a redirect is told."""
        state = self._state
        if state.desk.connected_by == attempt and isinstance(state, Connected):
            return Answer(connected=True, title="Connected", text="You can close this tab and go back to the notebook.")
        if state.desk.connected_by == attempt:
            return Answer(
                connected=False,
                title="Connected, and over again",
                text="The notebook connected, and that sign-in has ended since. You can close this tab.",
            )
        return Answer(
            connected=False,
            title="This answer came too late",
            text="Go back to the notebook: there you see how it went on.",
        )

    def seen_at(self, page: str) -> None:
        """Take the address of the page that shows this: it may be one at which the redirect can be caught."""
        for catcher in self._catchers:
            catcher.seen_at(page)
        if uri := next(filter(None, (catcher.redirect_uri for catcher in self._catchers)), ""):
            self.take(on.Offered(uri))

    def inspect(self) -> None:
        """Find out how the connection stands."""
        connection = self.connection
        if connection:
            failure = connection.client.authorization.failure
            self.take(on.Inspected(_standing(connection), Problem.of(failure) if failure else None))

    def offer_prompt(self, *, possible: bool) -> None:
        """Say whether a running cell waits that could ask in the card's stead; not possible ends one under way."""
        self.take(on.PromptOffered(possible))

    def close(self) -> None:
        """End what is under way, or is just about to begin: nobody looks at it any more."""
        self.take(on.Closed())
        if self._watched:
            signed_in.unwatch(self._watched, self.inspect)

    def _watch(self) -> None:
        """Be told as soon as the connection is signed out or replaced, wherever that happens."""
        with self._lock:
            connection = self.connection
            if connection is self._watched:
                return
            self._watched = connection
        if connection:
            signed_in.watch(connection, self.inspect)
            connection.who.then(self._tell)

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def _standing(connection: Connection) -> on.Standing:
    kept = [one for one in signed_in.connections() if one.name == connection.name]
    if kept and kept[0] is not connection:
        return "replaced"
    return "live" if kept and connection.status().signed_in else "signed out"


def _choices(site: DataCenter) -> Mapping[str, DataCenter]:
    """Zoho's data centres, after those that are this sign-in's or this environment's own."""
    own = {one.name: one for one in (site, default_data_center()) if one.name not in DATA_CENTERS}
    return {**own, **DATA_CENTERS}
