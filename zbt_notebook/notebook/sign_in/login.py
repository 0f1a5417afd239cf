"""The ways to sign in, and which of them suits the place: what ``%zbt login`` and ``zbt.login()`` do."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from zbt_notebook.client import expect, signed_in
from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.auth.oauth import ClientCredentials
from zbt_notebook.client.auth.scopes import parse_scopes
from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import NotSignedIn, UsageError
from zbt_notebook.client.login_flow import DEFAULT_REDIRECT_URI, connect
from zbt_notebook.client.quoting import shown
from zbt_notebook.client.streams import tell
from zbt_notebook.notebook import environment
from zbt_notebook.notebook.embedded_sandbox import SandboxSite, shared_sandbox
from zbt_notebook.notebook.sign_in import remembered_form
from zbt_notebook.notebook.sign_in.begun import begin
from zbt_notebook.notebook.sign_in.catchers import Catcher
from zbt_notebook.notebook.sign_in.caveats import caveat
from zbt_notebook.notebook.sign_in.earlier import Requested, recalled, remembered, signed_in_as
from zbt_notebook.notebook.sign_in.form import Form, Registered
from zbt_notebook.notebook.sign_in.sign_in import SignIn

if TYPE_CHECKING:
    from zbt_notebook.notebook.sign_in.background import BackgroundSignIn
    from zbt_notebook.notebook.sign_in.card import LoginCard

Mode = Literal["auto", "card", "prompt", "device", "loopback", "env"]


def login(
    *,
    mode: str = "auto",
    data_center: str | DataCenter | None = None,
    name: str | None = None,
    scopes: str | Iterable[str] | None = None,
    add_scope: str | Iterable[str] | None = None,
    sandbox: bool = False,
    auto: bool = False,
    wait: float | None = None,
    remember: bool = False,
    shared_budget: bool = False,
    redirect_uri: str | None = None,
    client_id: str | None = None,
    self_client: bool = False,
    keep_old: bool = False,
) -> "LoginCard | BackgroundSignIn | Connection":
    """Sign in; what comes back can be awaited for the Connection, whatever the mode.

    ``card`` shows the card at once and comes back; ``prompt`` asks; ``env`` takes ZBT_CLIENT_ID, ZBT_CLIENT_SECRET and
    ZBT_REFRESH_TOKEN; ``device`` needs nothing pasted; ``loopback`` catches the redirect on this machine; ``auto``
    takes ``env`` where these are set, else ``card`` where one can be drawn, else ``prompt``. *sandbox* fills in the
    embedded sandbox and its client, and *auto* gives the consent there too. *wait* is how many seconds ``await`` has
    patience for (300). With *remember* the sign-in is kept in the operating system's keyring: the next one under this
    name needs nobody, until the connection is signed out. A *self_client*'s code is generated in Zoho's API console,
    for itself: there is no link to open. Without a *name* the connection is called "default". *shared_budget* counts
    requests together with this user's other kernels on this machine, as Zoho does. A sign-in of the same name is
    revoked when this one takes its place, but for *keep_old*.

    *add_scope* asks for a wider consent: the scopes of the connection of that name, or of the current one, and these,
    for the same client in the same data centre. Its secret is still held, so that only the consent is left to do.

    There is no argument for the secret: it would be kept in the notebook and in IPython's history. Raise NotSignedIn
    where nobody can be asked, UsageError for what cannot be meant.
    """
    _expect_texts({"the name of the connection": name, "redirect_uri=": redirect_uri, "client_id=": client_id})
    chosen = _chosen(mode, by_user=sandbox or add_scope is not None)
    _refuse_what_cannot_be(chosen, auto=auto, sandbox=sandbox, widens=add_scope is not None)
    then = _Afterwards(remember=remember, shared_budget=shared_budget, is_practice=sandbox)
    if chosen == "env":
        return _already(connect(data_center=data_center, name=name or "default"), then)
    if add_scope is not None:
        sign_in = _widened(
            name, add_scope, redirect_uri=redirect_uri, then=then, self_client=self_client, keep_old=keep_old
        )
        if chosen == "card":  # there is nothing to fill in before the link
            sign_in.handle({"kind": "start", "attempt": sign_in.view()["attempt"]})
        return _carry_out(sign_in, chosen, wait, consent=shared_sandbox() if auto else None, fall_back=mode == "auto")
    name = name or "default"
    site = _sandbox(chosen, redirect_uri, self_client=self_client) if sandbox else None
    note = caveat(by_browser_at_the_sandbox=sandbox and not auto)
    if chosen != "card":
        _tell(note)
    requested = Requested(site.data_center if site else data_center, client_id, scopes, redirect_uri)
    may_be_known = not auto and (chosen == "card" or (chosen == "prompt" and mode == "auto"))
    if may_be_known and (known := signed_in_as(name, requested)):
        if chosen == "card":
            return _shown_card(_sign_in_of(known, then, greets=True, note=note), wait, fall_back=False)
        _tell(f"Connected as {known.status().account or known.name}. As someone else: %zbt login --mode prompt")
        return _already(known, then)
    if mode == "auto" and not sandbox and (kept := recalled(name, requested)):
        return _already(kept, then)
    sign_in = _sign_in(
        site, then, requested, name=name, self_client=self_client, keep_old=keep_old, mode=chosen, note=note
    )
    return _carry_out(sign_in, chosen, wait, consent=site if auto else None, fall_back=mode == "auto")


def _expect_texts(values: Mapping[str, str | None]) -> None:
    for what, value in values.items():
        if value is not None:
            expect.text(value, what)


def _refuse_what_cannot_be(chosen: Mode, *, auto: bool, sandbox: bool, widens: bool) -> None:
    if auto and not sandbox:
        raise UsageError(
            "consent is given by itself on the sandbox alone", hint="Leave out auto, or sign in with sandbox as well."
        )
    if chosen == "loopback" and not environment.may_share_the_users_machine():
        raise UsageError(
            "nothing can be caught here: the browser runs on another machine than the kernel",
            hint="Use %zbt login --sandbox --auto, which needs no browser."
            if sandbox
            else "Use the card, %zbt login, or a short code: %zbt login --mode device",
        )
    if widens and chosen == "env":
        raise UsageError("a wider consent is given by a user, and mode env has none", hint="Take the mode away.")


def start(**arguments: Any) -> Connection | None:
    """Do what ``%zbt login`` does; the Connection where the sign-in is over, None where it now waits for its user."""
    begun = login(**arguments)
    return begun if isinstance(begun, Connection) else None


async def start_and_wait(*, seconds: float | None = None, **arguments: Any) -> Connection:
    """Do what ``%zbt login --wait`` does: the Connection, once it is there.

    Raise NotSignedIn where *seconds* (300) pass without, or Stop is pressed.
    """
    from zbt_notebook.notebook.sign_in.prompt import stoppable

    with stoppable():
        begun = login(**{"wait": seconds, **arguments})
    try:
        return await begun
    except (asyncio.CancelledError, KeyboardInterrupt):
        pass  # what Stop does to a cell that awaits, and to one that cannot
    raise NotSignedIn(
        "the wait for the sign-in was stopped", hint="The card goes on working: finish there at any time."
    )


def _carry_out(
    sign_in: SignIn, mode: Mode, wait: float | None, *, consent: SandboxSite | None, fall_back: bool
) -> "LoginCard | BackgroundSignIn | Connection":
    if consent:
        return _shown_connected(sign_in, _consented(sign_in, consent))
    begin(sign_in)
    if mode == "prompt":
        from zbt_notebook.notebook.sign_in.prompt import sign_in_by_prompt

        return sign_in_by_prompt(sign_in)
    if mode in {"device", "loopback"}:
        return _in_the_background(mode, sign_in, wait)
    return _shown_card(sign_in, wait, fall_back=fall_back)


class _Afterwards:
    """What is done with a connection once it is there; gives a note on it."""

    def __init__(self, *, remember: bool, shared_budget: bool, is_practice: bool) -> None:
        self.remember = remember
        self._shared_budget, self._is_practice = shared_budget, is_practice
        if remember:
            from zbt_notebook.notebook.sign_in.remembering import Remembering

            Remembering()  # so that who asks for it learns before the sign-in that it is impossible

    def __call__(self, connection: Connection, form: Form | None = None, *, keep: bool | None = None) -> str:
        if form and not self._is_practice:
            remembered_form.remember(connection.name, form, connection.data_center)
        notes = [share_note(connection, wanted=self._shared_budget)]
        if self.remember if keep is None else keep:
            from zbt_notebook.notebook.sign_in.remembering import Remembering

            notes.insert(0, Remembering()(connection))
        return " ".join(filter(None, notes))


def _cannot_keep() -> str:
    """Why a sign-in cannot be remembered on this machine; empty where it can."""
    from zbt_notebook.client.auth.keyring_store import KeyringStore

    try:
        KeyringStore()
    except UsageError as error:
        return error.message.partition(": ")[2] or error.message
    return ""


def _widened(
    name: str | None,
    scopes: str | Iterable[str],
    *,
    redirect_uri: str | None,
    then: _Afterwards,
    self_client: bool,
    keep_old: bool,
) -> SignIn:
    """The sign-in of a connection once more, with more scopes and everything filled in."""
    connection = signed_in.current(name)
    client = connection.client.authorization.credentials
    return SignIn(
        client_id=client.client_id,
        client_secret=client.client_secret,
        redirect_uri=redirect_uri or connection.redirect_uri or None,
        scopes=parse_scopes([*connection.scopes, *parse_scopes(scopes)]),
        data_center=connection.data_center,
        name=connection.name,
        self_client=self_client,
        keep=then.remember or connection.is_remembered,
        keep_old=keep_old,
        afterwards=then,
        catchers=_catchers(),
        filled_in="from the connection that it widens",
    )


def _sign_in_of(connection: Connection, then: _Afterwards, *, greets: bool, note: str = "") -> SignIn:
    """A sign-in that has led to a connection already; whoever signs in as somebody else finds its form filled in."""
    return SignIn(
        client_id=connection.client_id,
        client_secret=connection.client.authorization.credentials.client_secret,
        redirect_uri=connection.redirect_uri or None,
        scopes=connection.scopes or None,
        data_center=connection.data_center,
        name=connection.name,
        connection=connection,
        greets=greets,
        note=note,
        keep=then.remember or connection.is_remembered,
        cannot_keep=_cannot_keep(),
        has_cells=not environment.page(),
        afterwards=then,
        catchers=_catchers(),
    )


def _chosen(mode: str, *, by_user: bool) -> Mode:
    if expect.text(mode, "mode=") not in get_args(Mode):
        raise UsageError(f"there is no mode {shown(mode)}", hint=f"The modes are {', '.join(get_args(Mode))}.")
    if mode != "auto":
        return cast("Mode", mode)
    if not by_user and environment.has_variables():
        return "env"
    return "card" if _has_a_front_end() else "prompt"


def _has_a_front_end() -> bool:
    """Whether somebody sits before a notebook that draws widgets."""
    return environment.may_draw_widgets() and environment.has_a_user()


def _sandbox(mode: Mode, redirect_uri: str | None, *, self_client: bool) -> SandboxSite:
    site = shared_sandbox()
    if self_client:
        return site.for_self_client()
    if mode == "device":
        return site.for_devices()
    return site.for_redirects_to(redirect_uri or DEFAULT_REDIRECT_URI) if mode == "loopback" else site


def _tell(note: str) -> None:
    if note:
        tell(f"{note}\n")  # there is no card to say it on


def share_note(connection: Connection, *, wanted: bool) -> str:
    """Count requests together with other kernels where that is *wanted*, and say what became of that."""
    if not wanted:
        return ""
    if connection.share_budget():
        return "Its requests are counted together with those of your other kernels."
    return "Its requests cannot be counted together with other kernels' on this machine."


def _sign_in(
    site: SandboxSite | None,
    then: _Afterwards,
    requested: Requested,
    *,
    name: str,
    self_client: bool,
    keep_old: bool,
    mode: Mode,
    note: str,
) -> SignIn:
    common: dict[str, Any] = {
        "name": name,
        "self_client": self_client,
        "keep": then.remember,
        "keep_old": keep_old,
        "note": note,
        "has_cells": not environment.page(),
        "afterwards": then,
        "catchers": _catchers(must=mode == "loopback"),
        "cannot_keep": _cannot_keep() if mode == "card" else "",
    }
    if site:
        mine = requested.client_id in {None, site.client_id}
        return SignIn(
            data_center=site.data_center,
            client_id=requested.client_id or site.client_id,
            client_secret=site.client_secret if mine else "",
            redirect_uri=requested.redirect_uri or site.redirect_uri,
            scopes=site.scopes if requested.scopes is None else requested.scopes,
            stand_in=lambda client: _device_client(site, client),
            filled_in="for you: it is the sandbox's" if mine else "",
            **common,
        )
    return SignIn(
        data_center=requested.data_center,
        client_id=requested.client_id,
        redirect_uri=requested.redirect_uri,
        scopes=requested.scopes,
        remembered=remembered(name, requested),
        forget_form=lambda: remembered_form.forget(name),
        **common,
    )


def _catchers(*, must: bool = False) -> Sequence[Catcher]:
    """What may catch the redirect here; where the browser is elsewhere nothing arrives by a loopback address."""
    from zbt_notebook.notebook.sign_in.jupyter_catcher import JupyterCatcher
    from zbt_notebook.notebook.sign_in.loopback import LOOPBACK

    jupyters = None if must else JupyterCatcher.here()
    loopback = (LOOPBACK,) if must or environment.may_share_the_users_machine() else ()
    return (*((jupyters,) if jupyters else ()), *loopback)


def _device_client(site: SandboxSite, client: ClientCredentials) -> Registered | None:
    """The sandbox's own client for short codes, in place of its other one."""
    if client.client_id != site.client_id:
        return None
    own = site.for_devices()
    return Registered(own.client_id, own.client_secret)


def _consented(sign_in: SignIn, site: SandboxSite) -> Connection:
    """Go through the sign-in as a user would who presses Accept."""
    sign_in.handle({"kind": "start", "attempt": sign_in.view()["attempt"]})
    view = sign_in.view()
    if view["phase"] == "waiting":
        code = site.generate_code() if view["self_client"] else site.consent(view["consent_url"])
        sign_in.handle({"kind": "code", "code": code})
    if sign_in.connection:
        return sign_in.connection
    problem = sign_in.problem
    raise NotSignedIn(
        problem.message if problem else "the sandbox gave no consent",
        hint=problem.hint if problem else "Run the line again.",
    )


def _in_the_background(mode: Mode, sign_in: SignIn, patience: float | None) -> "BackgroundSignIn":
    from zbt_notebook.notebook.sign_in.background import BackgroundSignIn
    from zbt_notebook.notebook.sign_in.prompt import ask_for_client

    ask_for_client(sign_in, "device" if mode == "device" else "start")
    begun = BackgroundSignIn(sign_in, patience=patience)
    begun.show()
    return begun


def _shown_card(sign_in: SignIn, patience: float | None, *, fall_back: bool) -> "LoginCard":
    from zbt_notebook.notebook.sign_in.card import LoginCard

    card = LoginCard(sign_in, patience=patience, fall_back=fall_back)
    card.show()
    return card


def _already(connection: Connection, then: _Afterwards) -> Connection:
    """End with a connection that needed no user; show its card where one can be drawn."""
    note = then(connection)
    if not _has_a_front_end():
        _tell(note)
        return connection
    return _shown_connected(_sign_in_of(connection, then, greets=False, note=note), connection)


def _shown_connected(sign_in: SignIn, connection: Connection) -> Connection:
    """Show the card of a sign-in that is over; the connection is what the caller gets."""
    if not _has_a_front_end():
        _tell(sign_in.state.desk.note)
        return connection
    from zbt_notebook.notebook.sign_in.card import show_once

    _shown_card(sign_in, None, fall_back=False)
    show_once(connection)
    return connection
