"""The ways to sign in, and which of them suits the place: what ``%zbt login`` and ``zbt.login()`` do."""

import asyncio
import socket
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from zbt_notebook.client import signed_in
from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.auth.scopes import parse_scopes
from zbt_notebook.client.connection import Connection
from zbt_notebook.client.errors import NotSignedIn, UsageError
from zbt_notebook.client.login_flow import DEFAULT_REDIRECT_URI, connect
from zbt_notebook.notebook import environment
from zbt_notebook.notebook.embedded_sandbox import SandboxSite, shared_sandbox
from zbt_notebook.notebook.sign_in.background_method import Way
from zbt_notebook.notebook.sign_in.form import Registered
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
) -> "LoginCard | BackgroundSignIn | Connection":
    """Sign in; what comes back can be awaited for the Connection, whatever the mode.

    ``card`` shows the card at once and comes back; ``prompt`` asks; ``env`` takes ZBT_CLIENT_ID, ZBT_CLIENT_SECRET and
    ZBT_REFRESH_TOKEN; ``device`` needs nothing pasted; ``loopback`` catches the redirect on this machine; ``auto``
    takes ``env`` where these are set, else ``card`` where one can be drawn, else ``prompt``. *sandbox* fills in the
    embedded sandbox and its client, and *auto* gives the consent there too. *wait* is how many seconds ``await`` has
    patience for (300). With *remember* the sign-in is kept in the operating system's keyring: the next one under this
    name needs nobody, until the connection is signed out. A *self_client*'s code is generated in Zoho's API console,
    for itself: there is no link to open. Without a *name* the connection is called "default". *shared_budget* counts
    requests together with this user's other kernels on this machine, as Zoho does.

    *add_scope* asks for a wider consent: the scopes of the connection of that name, or of the current one, and these,
    for the same client in the same data centre. Its secret is still held, so that only the consent is left to do.

    There is no argument for the secret: it would be kept in the notebook and in IPython's history. Raise NotSignedIn
    where nobody can be asked, UsageError for what cannot be meant.
    """
    chosen = _chosen(mode, by_user=sandbox or add_scope is not None)
    if auto and not sandbox:
        raise UsageError(
            "consent is given by itself on the sandbox alone", hint="Leave out auto, or sign in with sandbox as well."
        )
    if add_scope is not None:
        if chosen == "env":
            raise UsageError("a wider consent is given by a user, and mode env has none", hint="Take the mode away.")
        widened = _widened(
            name,
            add_scope,
            redirect_uri=redirect_uri,
            remember=remember,
            shared_budget=shared_budget,
            self_client=self_client,
        )
        if chosen == "card":
            widened.handle({"kind": "start", "attempt": widened.attempt})  # there is nothing to fill in before the link
        return _under_way(widened, chosen, wait, consent=shared_sandbox() if auto else None, fall_back=mode == "auto")
    name = name or "default"
    if chosen == "env":
        then = _afterwards(remember=remember, shared_budget=shared_budget)
        connection = connect(data_center=data_center, name=name)
        _tell(then(connection) if then else "")
        return connection
    if mode == "auto" and not sandbox and client_id is scopes is data_center is redirect_uri is None:
        from zbt_notebook.notebook.sign_in.remembering import recall

        if kept := recall(name):
            _tell(_share(kept, wanted=shared_budget))
            return kept
    site = _sandbox(chosen, redirect_uri, self_client=self_client) if sandbox else None
    sign_in = _sign_in(
        site,
        _afterwards(remember=remember, shared_budget=shared_budget),
        data_center=data_center,
        name=name,
        scopes=scopes,
        redirect_uri=redirect_uri,
        client_id=client_id,
        self_client=self_client,
    )
    return _under_way(sign_in, chosen, wait, consent=site if auto else None, fall_back=mode == "auto")


def start(**arguments: Any) -> Connection | None:
    """Do what ``%zbt login`` does; the Connection where the sign-in is over, None where it now waits for its user."""
    begun = login(**arguments)
    return begun if isinstance(begun, Connection) else None


async def start_and_wait(*, seconds: float | None = None, **arguments: Any) -> Connection:
    """Do what ``%zbt login --wait`` does: the Connection, once it is there.

    Raise NotSignedIn where *seconds* (300) pass without, or Stop is pressed.
    """
    begun = login(**{"wait": seconds, **arguments})
    try:
        return await begun
    except asyncio.CancelledError:
        pass  # what Stop does to a cell that awaits
    raise NotSignedIn(
        "the wait for the sign-in was stopped", hint="The card goes on working: finish there at any time."
    )


def _under_way(
    sign_in: SignIn, mode: Mode, wait: float | None, *, consent: SandboxSite | None, fall_back: bool
) -> "LoginCard | BackgroundSignIn | Connection":
    if consent:
        return _consented(sign_in, consent)
    if mode == "prompt":
        from zbt_notebook.notebook.sign_in.prompt import sign_in_by_prompt

        return sign_in_by_prompt(sign_in)
    if mode in {"device", "loopback"}:
        return _in_the_background(mode, sign_in, wait)
    return _shown_card(sign_in, wait, fall_back=fall_back)


def _widened(
    name: str | None,
    scopes: str | Iterable[str],
    *,
    redirect_uri: str | None,
    remember: bool,
    shared_budget: bool,
    self_client: bool,
) -> SignIn:
    """The sign-in of a connection once more, with more scopes and everything filled in."""
    connection = signed_in.current(name)
    client = connection.client.authorization.credentials
    is_kept = "keyring" in connection.on_logout
    return SignIn(
        client_id=client.client_id,
        client_secret=client.client_secret,
        redirect_uri=redirect_uri or connection.redirect_uri or None,
        scopes=parse_scopes([*connection.scopes, *parse_scopes(scopes)]),
        data_center=connection.data_center,
        name=connection.name,
        self_client=self_client,
        afterwards=_afterwards(remember=remember or is_kept, shared_budget=shared_budget),
        ways=_ways(),
    )


def _chosen(mode: str, *, by_user: bool) -> Mode:
    if mode not in get_args(Mode):
        raise UsageError(f"there is no mode {mode!r}", hint=f"The modes are {', '.join(get_args(Mode))}.")
    if mode != "auto":
        return cast("Mode", mode)
    if not by_user and environment.has_variables():
        return "env"
    return "card" if environment.may_draw_widgets() and environment.can_be_asked() else "prompt"


def _sandbox(mode: Mode, redirect_uri: str | None, *, self_client: bool) -> SandboxSite:
    site = shared_sandbox()
    if self_client:
        return site.for_self_client()
    if mode == "device":
        return site.for_devices()
    return site.for_redirects_to(redirect_uri or DEFAULT_REDIRECT_URI) if mode == "loopback" else site


def _afterwards(*, remember: bool, shared_budget: bool) -> Callable[[Connection], str] | None:
    """What is done with the connection once it is there, and gives a note on it."""
    if not remember and not shared_budget:
        return None
    from zbt_notebook.notebook.sign_in.remembering import Remembering

    keep = Remembering() if remember else None

    def then(connection: Connection) -> str:
        notes = (keep(connection) if keep else "", _share(connection, wanted=shared_budget))
        return " ".join(filter(None, notes))

    return then


def _tell(note: str) -> None:
    if note:
        print(note)  # noqa: T201  there is no card to say it on


def _share(connection: Connection, *, wanted: bool) -> str:
    if not wanted:
        return ""
    if connection.share_budget():
        return "Its requests are counted together with those of your other kernels."
    return "Its requests cannot be counted together with other kernels' on this machine."


def _sign_in(site: SandboxSite | None, afterwards: Callable[[Connection], str] | None, **given: Any) -> SignIn:
    if site is None:
        return SignIn(**given, afterwards=afterwards, ways=_ways())
    known = {
        "data_center": site.data_center,
        "client_id": site.client_id,
        "redirect_uri": site.redirect_uri,
        "scopes": site.scopes,
    }
    mine = given["client_id"] in {None, site.client_id}
    filled = {**known, **{name: value for name, value in given.items() if value is not None}}
    return SignIn(
        **filled,
        client_secret=site.client_secret if mine else "",
        afterwards=afterwards,
        ways=_ways(),
        stand_ins={"device": lambda: _registered(site.for_devices()), "loopback": lambda: _registered(_caught(site))},
    )


def _ways() -> Mapping[str, Way[SignIn]]:
    from zbt_notebook.notebook.sign_in.background_logins import WAYS

    is_near = environment.may_share_the_users_machine()
    return {name: way for name, way in WAYS.items() if is_near or not way.catches_redirect}


def _registered(site: SandboxSite) -> Registered:
    return Registered(site.client_id, site.client_secret, site.redirect_uri)


def _caught(site: SandboxSite) -> SandboxSite:
    """The sandbox with a client whose redirect URI leads to a free port; its own leads to a page of the sandbox."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return site.for_redirects_to(f"http://127.0.0.1:{port}/callback")


def _consented(sign_in: SignIn, site: SandboxSite) -> Connection:
    """Go through the sign-in as a user would who presses Accept."""
    sign_in.handle({"kind": "start", "attempt": sign_in.attempt})
    if sign_in.phase == "waiting":
        code = site.generate_code() if sign_in.self_client else site.consent(sign_in.consent_url)
        sign_in.handle({"kind": "code", "code": code})
    if sign_in.connection:
        _tell(sign_in.note)
        return sign_in.connection
    problem = sign_in.problem
    raise NotSignedIn(
        problem.message if problem else "the sandbox gave no consent",
        hint=problem.hint if problem else "Run the line again.",
    )


def _in_the_background(mode: Mode, sign_in: SignIn, patience: float | None) -> "BackgroundSignIn":
    from zbt_notebook.notebook.sign_in.background_logins import WAYS
    from zbt_notebook.notebook.sign_in.prompt import ask_for_client

    ask_for_client(sign_in)
    if sign_in.problem:
        raise UsageError(sign_in.problem.message, hint=sign_in.problem.hint)
    way = WAYS[mode]
    begun = way.set_out(way.prepare(sign_in, sign_in.client), patience=patience)
    begun.note = lambda: sign_in.note
    begun.show()
    return begun


def _shown_card(sign_in: SignIn, patience: float | None, *, fall_back: bool) -> "LoginCard":
    from zbt_notebook.notebook.sign_in.card import LoginCard

    card = LoginCard(sign_in, patience=patience, fall_back=fall_back)
    card.show()
    return card
