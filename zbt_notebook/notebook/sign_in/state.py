"""A sign-in as a pure function: from what is the case and what happens, to what is the case then and what to do.

Nothing here has a thread, a clock or a socket. Effects that begin something carry the number of their attempt, and so
do the events in which they end: one that comes late, when another attempt is under way, changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from zbt_notebook.client.connection import Connection
from zbt_notebook.client.login_flow import LoginFlow
from zbt_notebook.notebook.sign_in import effects as do
from zbt_notebook.notebook.sign_in import events as on
from zbt_notebook.notebook.sign_in.device import ShortCode
from zbt_notebook.notebook.sign_in.effects import Effect
from zbt_notebook.notebook.sign_in.events import Event, Method
from zbt_notebook.notebook.sign_in.form import Form, HeldSecret, Problem, realm_of

Prompt = Literal["", "possible", "under way"]
Ended = Literal["", "signed out", "replaced"]
Business = Literal["", "refreshing", "signing out"]

CHANGED = "Changed: press Sign in again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every state has: the form, and what the user was told last."""

    form: Form
    blank: Form  # what the form is like where nothing is remembered
    given: HeldSecret | None = None  # the caller's, which outlives a sign-in
    held: HeldSecret | None = None  # the one to use: that one, or what was typed
    attempt: int = 0
    connected_by: int = -1  # the attempt that last led to a connection
    method: Method = "link"  # how it was begun last, to be begun again
    problem: Problem | None = None
    note: str = ""
    prompt: Prompt = ""
    keep: bool = False  # whether the next kernel shall be signed in, too
    remembered: bool = False  # whether the form was filled in from an earlier sign-in
    chooses_redirect: bool = False  # whether the caller left the redirect URI to what can be caught here
    self_client: bool = False  # its code comes from the API console: there is no link, nothing to catch

    @property
    def secret(self) -> str:
        """The secret that is held for what is filled in; empty where there is none for that client."""
        held = self.held
        belongs = held and (held.client_id, held.realm) == (
            self.form.client_id.strip(),
            realm_of(self.form.data_center),
        )
        return held.text if held and belongs else ""


@dataclass(frozen=True, slots=True)
class Filling:
    """The form is to be filled in; ``ended`` is what became of the connection that was here before."""

    desk: Desk
    ended: Ended = ""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The link or the short code is being made."""

    desk: Desk


@dataclass(frozen=True, slots=True)
class Waiting:
    """The user is to consent: by a link, or by a short code."""

    desk: Desk
    begun: LoginFlow | ShortCode
    catching: bool = False  # whether the redirect arrives here by itself
    uncaught: Problem | None = None  # why not

    @property
    def flow(self) -> LoginFlow | None:
        """The flow that a pasted code is for."""
        return None if isinstance(self.begun, ShortCode) else self.begun


@dataclass(frozen=True, slots=True)
class Finishing:
    """A code is being exchanged; where Zoho refuses it, the waiting goes on."""

    waiting: Waiting

    @property
    def desk(self) -> Desk:
        """That of the waiting."""
        return self.waiting.desk


@dataclass(frozen=True, slots=True)
class Settling:
    """There is a connection; it is being made the kernel's current one."""

    desk: Desk
    connection: Connection


@dataclass(frozen=True, slots=True)
class Connected:
    """The kernel has the connection. ``greets``: it had it before this sign-in was begun.

    ``ended`` is what became of the connection while it was being signed out: the report on that comes first.
    """

    desk: Desk
    connection: Connection
    greets: bool = False
    business: Business = ""
    ended: Ended = ""


State = Filling | Beginning | Waiting | Finishing | Settling | Connected
Step = tuple[State, tuple[Effect, ...]]


def step(state: State, event: Event) -> Step:
    """Give the state after *event*, and what is to be done. An event out of place changes nothing."""
    return _STEPS[type(event)](state, event)


def _tell(desk: Desk, *, problem: Problem | None = None, note: str = "") -> Desk:
    return replace(desk, problem=problem, note=note)


# ---- what the user does


def _typed(state: State, event: on.Typed) -> Step:
    if not isinstance(state, Filling | Beginning | Waiting):
        return state, ()
    form = replace(state.desk.form, **event.fields)
    if isinstance(state, Filling) or (form == state.desk.form and not event.secret_typed):
        return replace(state, desk=replace(state.desk, form=form)), ()
    changed = replace(_tell(state.desk, note=CHANGED), form=form, attempt=state.desk.attempt + 1)
    return Filling(changed), (do.Hush(state.desk.attempt),)  # what began would use what was filled in before


def _pressed(state: State, event: on.Pressed) -> Step:
    desk = state.desk
    if not isinstance(state, Filling | Waiting) or event.attempt != desk.attempt:
        return state, ()
    if event.button == "prompt":
        return _goes_over_to_the_prompt(state, event)
    desk = _filled_in(desk, event)
    before = (do.Hush(desk.attempt - 1),)
    if event.button == "start_again" and desk.method == "link" and not desk.secret:
        return Filling(desk), before  # to be typed again: what is missing is plain to see
    if event.button != "start_again":
        desk = replace(desk, method="device" if event.button == "device" else "link")
    make = do.MakeShortCode if desk.method == "device" else do.MakeLink
    return Beginning(desk), (*before, make(desk.attempt, desk.form, desk.secret))


def _filled_in(desk: Desk, event: on.Pressed) -> Desk:
    """One more attempt, with what is filled in."""
    form = replace(desk.form, **event.fields)
    held = HeldSecret(form.client_id.strip(), realm_of(form.data_center), event.secret) if event.secret else desk.held
    return replace(_tell(desk), form=form, held=held, attempt=desk.attempt + 1)


def _goes_over_to_the_prompt(state: Filling | Waiting, event: on.Pressed) -> Step:
    if state.desk.prompt != "possible":
        return state, ()
    if isinstance(state, Waiting) and state.flow:
        return replace(state, desk=replace(_tell(state.desk), prompt="under way")), (do.Hush(state.desk.attempt),)
    return Filling(replace(_filled_in(state.desk, event), prompt="under way")), (do.Hush(state.desk.attempt),)


def _pasted(state: State, event: on.Pasted) -> Step:
    if isinstance(state, Waiting) and state.flow and event.text.strip() == state.desk.form.client_id.strip():
        problem = Problem("This is the client ID, not a code", "The code comes after Accept on Zoho's page.", "code")
        return replace(state, desk=_tell(state.desk, problem=problem)), ()
    if isinstance(state, Waiting) and state.flow:
        return _finishes(state, state.flow, event.text)
    if isinstance(state, Beginning | Finishing | Settling) or not event.text.strip():
        return state, ()
    if isinstance(state, Connected):
        desk = _tell(state.desk, note="This sign-in is over: what was pasted was not used.")
    else:
        desk = _tell(
            state.desk,
            problem=Problem("No sign-in waits for this code: it was not used", "Press Sign in at Zoho first.", "code"),
        )
    return replace(state, desk=desk), ()


def _finishes(state: Waiting, flow: LoginFlow, text: str) -> Step:
    waiting = replace(state, desk=_tell(state.desk))
    return Finishing(waiting), (do.Exchange(state.desk.attempt, flow, text),)


def _chosen(state: State, event: on.Chosen) -> Step:
    desk = state.desk
    if event.button == "forget" and isinstance(state, Filling) and desk.remembered:
        forgotten = replace(_tell(desk, note="Forgotten."), form=desk.blank, remembered=False, held=desk.given)
        return Filling(forgotten), (do.ForgetForm(),)
    return _chosen_where_connected(state, event) if isinstance(state, Connected) and not state.business else (state, ())


def _chosen_where_connected(state: Connected, event: on.Chosen) -> Step:
    desk = state.desk
    if event.button == "refresh":
        return replace(state, desk=_tell(desk), business="refreshing"), (do.Renew(desk.attempt, state.connection),)
    if event.button == "sign_out":
        return replace(state, desk=_tell(desk), business="signing out"), (do.Leave(desk.attempt, state.connection),)
    if event.button == "keep":
        return replace(state, greets=False), ()
    if event.button == "another" and state.greets:
        return Filling(_tell(desk, note="Until this sign-in is done, you stay signed in as before.")), ()
    return state, ()


def _keep_ticked(state: State, event: on.KeepTicked) -> Step:
    if isinstance(state, Finishing):
        desk = replace(state.desk, keep=event.keep)
        return replace(state, waiting=replace(state.waiting, desk=desk)), ()
    return replace(state, desk=replace(state.desk, keep=event.keep)), ()


def _prompt_offered(state: State, event: on.PromptOffered) -> Step:
    prompt: Prompt = "possible" if event.possible and not isinstance(state, Connected) else ""
    if isinstance(state, Finishing):
        return replace(state, waiting=replace(state.waiting, desk=replace(state.desk, prompt=prompt))), ()
    return replace(state, desk=replace(state.desk, prompt=prompt)), ()


def _offered(state: State, event: on.Offered) -> Step:
    """Fill it in, where the address is still the one that nobody chose."""
    desk = state.desk
    usual = desk.blank.redirect_uri
    if not isinstance(state, Filling) or not desk.chooses_redirect or desk.form.redirect_uri != usual:
        return state, ()
    form, blank = (replace(one, redirect_uri=event.redirect_uri) for one in (desk.form, desk.blank))
    return replace(state, desk=replace(desk, form=form, blank=blank)), ()


def _inspected(state: State, event: on.Inspected) -> Step:
    if not isinstance(state, Connected):
        return state, ()
    if event.standing != "live":
        if state.business == "signing out":
            return replace(state, ended=event.standing), ()
        return _is_over(state.desk, event.standing)
    if event.problem and not state.desk.problem and not state.business:
        return replace(state, desk=_tell(state.desk, problem=event.problem)), ()
    return state, ()


def _is_over(desk: Desk, ended: Ended, note: str = "") -> Step:
    desk = replace(_tell(desk, note=note), attempt=desk.attempt + 1, prompt="")
    return Filling(desk, ended), ()


def _closed(state: State, _event: on.Closed) -> Step:
    desk = state.desk
    if isinstance(state, Connected | Settling):
        return state, (do.Hush(desk.attempt),)
    return Filling(replace(desk, attempt=desk.attempt + 1)), (do.Hush(desk.attempt),)


# ---- what became of effects


def _link_made(state: State, event: on.LinkMade) -> Step:
    desk = state.desk
    if not isinstance(state, Beginning) or event.attempt != desk.attempt:
        return state, ()
    listen = () if desk.self_client else (do.Listen(desk.attempt, event.flow, desk.form.redirect_uri),)
    return Waiting(desk, event.flow), listen


def _short_code_made(state: State, event: on.ShortCodeMade) -> Step:
    desk = state.desk
    if not isinstance(state, Beginning) or event.attempt != desk.attempt:
        return state, ()
    return Waiting(desk, event.code), (do.Poll(desk.attempt, event.code),)


def _listening(state: State, event: on.Listening) -> Step:
    waiting = state.waiting if isinstance(state, Finishing) else state
    if event.attempt != state.desk.attempt or not isinstance(waiting, Waiting):
        return state, (do.Hush(event.attempt),)  # it was closed, or begun anew, while the port was being opened
    waiting = replace(waiting, catching=event.problem is None, uncaught=event.problem)
    return (Finishing(waiting) if isinstance(state, Finishing) else waiting), ()


def _unheard(state: State, event: on.Unheard) -> Step:
    waiting = state.waiting if isinstance(state, Finishing) else state
    if event.attempt != state.desk.attempt or not isinstance(waiting, Waiting):
        return state, ()
    waiting = replace(waiting, catching=False)
    return (Finishing(waiting) if isinstance(state, Finishing) else waiting), ()


def _caught(state: State, event: on.Caught) -> Step:
    if isinstance(state, Waiting) and state.flow and event.attempt == state.desk.attempt:
        return _finishes(state, state.flow, event.query)
    return state, ()


def _brought(state: State, event: on.Brought) -> Step:
    desk = state.desk
    waits = isinstance(state, Finishing) or (isinstance(state, Waiting) and isinstance(state.begun, ShortCode))
    if not waits or event.attempt != desk.attempt:
        return state, (do.Discard(event.connection),)  # a consent that nobody waits for any more
    return Settling(_tell(desk), event.connection), (do.Settle(desk.attempt, event.connection, desk.form, desk.keep),)


def _settled(state: State, event: on.Settled) -> Step:
    desk = state.desk
    if not isinstance(state, Settling) or state.connection is not event.connection:
        return state, (do.Discard(event.connection),)
    over: tuple[Effect, ...] = (do.Discard(event.replaced),) if event.replaced else ()
    prompt: Prompt = "" if desk.prompt == "possible" else desk.prompt
    over = (do.Hush(desk.attempt), *over)
    desk = replace(_tell(desk, note=event.note), held=desk.given, prompt=prompt)
    desk = replace(desk, attempt=desk.attempt + 1, connected_by=desk.attempt)
    return Connected(desk, event.connection), over  # without a secret that was typed: it has done its work


def _refused(state: State, event: on.Refused) -> Step:
    desk, problem = state.desk, event.problem
    if event.attempt != desk.attempt:
        return state, ()
    desk = _tell(desk, problem=problem)
    if isinstance(state, Connected):
        return _is_over(desk, state.ended) if state.ended else (replace(state, desk=desk, business=""), ())
    if isinstance(state, Beginning):
        unfit = problem.field == "client_secret"
        return Filling(replace(desk, held=desk.given) if unfit else desk), ()
    if isinstance(state, Finishing):
        return _refused_code(state, desk, event.word)
    if isinstance(state, Waiting) and isinstance(state.begun, ShortCode):
        return Filling(desk), (do.Hush(desk.attempt),)
    return state, ()


def _refused_code(state: Finishing, desk: Desk, word: str) -> Step:
    if word != "invalid_client_secret":
        return replace(state.waiting, desk=desk), ()
    given = None if desk.held is desk.given else desk.given
    return Filling(replace(desk, given=given, held=given)), (do.Hush(desk.attempt),)


def _refreshed(state: State, event: on.Refreshed) -> Step:
    if not isinstance(state, Connected) or event.attempt != state.desk.attempt:
        return state, ()
    return replace(state, desk=_tell(state.desk, note="There is a new access token."), business=""), ()


def _left(state: State, event: on.Left) -> Step:
    if not isinstance(state, Connected) or event.attempt != state.desk.attempt:
        return state, ()
    return _is_over(state.desk, "signed out", event.report)


_STEPS: Mapping[type, Callable[[State, Any], Step]] = {
    on.Typed: _typed,
    on.Pressed: _pressed,
    on.Pasted: _pasted,
    on.Chosen: _chosen,
    on.KeepTicked: _keep_ticked,
    on.PromptOffered: _prompt_offered,
    on.Offered: _offered,
    on.Inspected: _inspected,
    on.Closed: _closed,
    on.LinkMade: _link_made,
    on.ShortCodeMade: _short_code_made,
    on.Listening: _listening,
    on.Unheard: _unheard,
    on.Caught: _caught,
    on.Brought: _brought,
    on.Settled: _settled,
    on.Refused: _refused,
    on.Refreshed: _refreshed,
    on.Left: _left,
}
