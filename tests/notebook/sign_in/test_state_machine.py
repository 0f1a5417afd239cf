"""The sign-in as a pure function, driven by every order of events: late, doubled, of other attempts, after a logout."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from tests.tiers import examples
from zbt_notebook.client.auth.scopes import PRESETS
from zbt_notebook.client.login_flow import LoginFlow
from zbt_notebook.notebook.sign_in import effects as do
from zbt_notebook.notebook.sign_in import events as on
from zbt_notebook.notebook.sign_in.card_view import Outlook, view_of
from zbt_notebook.notebook.sign_in.device import ShortCode
from zbt_notebook.notebook.sign_in.form import Form, HeldSecret, Problem
from zbt_notebook.notebook.sign_in.state import Connected, Desk, Filling, Settling, State, Waiting, step

SECRET = "canary" * 7
FORM = Form("us", "1000.ABC", "http://localhost:8000/callback", ", ".join(PRESETS["read only"]))
WORDS = ["", "invalid_code", "invalid_client_secret", "access_denied"]


class FakeConnection:
    """A connection as far as states know it: alive until it is signed out."""

    def __init__(self, name="default"):
        self.name, self.live = name, True

    def status(self):
        return SimpleNamespace(
            name=self.name,
            account="",
            data_center="us",
            api_url="https://bugtracker.zoho.com",
            client_id="1000.ABC",
            scopes_granted=(),
            scopes_missing=(),
            seconds_left=3600.0,
            can_refresh=True,
        )


def a_connection() -> Any:
    return FakeConnection()


def short_code():
    code = object.__new__(ShortCode)
    code._code = SimpleNamespace(user_code="ABCD-EFGH", verification_url="https://z/", complete_url="https://z/")  # type: ignore[assignment]
    code._clock, code._end, code.link = (lambda: 0.0), 300.0, "https://z/"
    return code


def flow():
    return LoginFlow(FORM.client_id, SECRET, FORM.redirect_uri, FORM.scopes)


class World:
    """The kernel's connections, and one or two sign-ins of the same name: what the runner would do, event by event."""

    def __init__(self):
        self.current = None
        self.revoked = []
        given = HeldSecret(FORM.client_id, "zoho", SECRET)
        desk = Desk(form=FORM, blank=FORM, given=given, held=given)
        self.states: list[State] = [Filling(desk), Filling(desk)]
        self.pending: list[list] = [[], []]  # effects that have not ended yet; they may end in any order, or twice

    def take(self, which, event):
        self.states[which], effects = step(self.states[which], event)
        for effect in effects:
            if isinstance(effect, do.Discard):
                self.sign_out(effect.connection)
            elif isinstance(effect, do.Settle):
                self.settle(which, effect)
            elif not isinstance(effect, do.Hush | do.ForgetForm):
                self.pending[which].append(effect)

    def settle(self, which, effect):
        replaced, self.current = self.current, effect.connection
        self.look_at_all()
        self.take(which, on.Settled(effect.attempt, effect.connection, "", replaced))

    def sign_out(self, connection):
        connection.live = False
        self.revoked.append(connection)
        if self.current is connection:
            self.current = None
        self.look_at_all()

    def look_at_all(self):
        for which, state in enumerate(self.states):
            if isinstance(state, Connected):
                self.take(which, on.Inspected(self.standing(state.connection)))

    def standing(self, connection):
        if self.current not in {None, connection}:
            return "replaced"
        return "live" if connection.live and self.current is connection else "signed out"


class SignInMachine(RuleBasedStateMachine):
    """Two cards of one kernel; whatever happens, they tell the truth."""

    ended = Bundle("ended")  # effects, to be ended once more

    def __init__(self):
        super().__init__()
        self.world = World()

    @rule(
        which=st.integers(0, 1),
        button=st.sampled_from(["start", "start_again", "device", "prompt"]),
        late=st.integers(0, 2),
        client=st.sampled_from([{}, {"client_id": "1000.OTHER"}]),
    )
    def press(self, which, button, late, client):
        attempt = self.world.states[which].desk.attempt - late
        self.world.take(which, on.Pressed(button, attempt, client, SECRET))

    @rule(
        which=st.integers(0, 1),
        fields=st.sampled_from([{}, {"scopes": "a.b.READ"}, {"client_id": "1000.ABC"}]),
        secret_typed=st.booleans(),
    )
    def type(self, which, fields, secret_typed):
        self.world.take(which, on.Typed(fields, secret_typed))

    @rule(which=st.integers(0, 1), text=st.sampled_from(["", "1000.code", "nonsense"]))
    def paste(self, which, text):
        self.world.take(which, on.Pasted(text))

    @rule(which=st.integers(0, 1), button=st.sampled_from(["refresh", "sign_out", "keep", "another", "forget"]))
    def choose(self, which, button):
        self.world.take(which, on.Chosen(button))

    @rule(which=st.integers(0, 1), possible=st.booleans())
    def offer_prompt(self, which, possible):
        self.world.take(which, on.PromptOffered(possible))

    @rule(which=st.integers(0, 1), keep=st.booleans())
    def wish(self, which, keep):
        self.world.take(which, on.KeepTicked(keep))

    @rule(which=st.integers(0, 1), really=st.integers(0, 9))
    def close(self, which, really):
        if really == 0:  # rare, as it is: else no sign-in would come to its end
            self.world.take(which, on.Closed())

    @rule(which=st.integers(0, 1), kept=st.booleans())
    def go_all_the_way(self, which, kept):
        """Whatever was the case: a press, its link, a code, a connection."""
        self.press(which, "start", 0, {})
        attempt = self.world.states[which].desk.attempt
        self.world.take(which, on.LinkMade(attempt, flow()))
        self.world.take(which, on.Listening(attempt))
        self.world.take(which, on.KeepTicked(kept))
        self.world.take(which, on.Pasted("1000.code"))
        self.world.take(which, on.Brought(attempt, a_connection()))

    @rule(which=st.integers(0, 1), attempt=st.integers(0, 6))
    def catch(self, which, attempt):
        self.world.take(which, on.Caught(attempt, "?code=x"))

    @rule()
    def log_out_elsewhere(self):
        if self.world.current:
            self.world.sign_out(self.world.current)

    @rule()
    def sign_in_elsewhere(self):
        replaced, self.world.current = self.world.current, a_connection()
        self.world.look_at_all()
        if replaced:
            self.world.sign_out(replaced)

    @rule(which=st.integers(0, 1), place=st.integers(0, 5), word=st.sampled_from(["ok", *WORDS]), target=ended)
    def end_an_effect(self, which, place, word):
        waiting = self.world.pending[which]
        if not waiting:
            return multiple()
        effect = waiting.pop(place % len(waiting))
        self.world.take(which, outcome(self.world, effect, word))
        return (which, effect)

    @rule(again=ended, word=st.sampled_from(["ok", *WORDS]))
    def end_it_once_more(self, again, word):
        which, effect = again
        if isinstance(effect, do.Leave) and word == "ok":
            return  # the connection's own lock signs out once
        self.world.take(which, outcome(self.world, effect, word))

    @invariant()
    def connected_means_connected(self):
        """No card is connected to what the kernel does not have, and no live connection is lost."""
        for state in self.world.states:
            if isinstance(state, Connected) and not state.business:
                assert state.connection is self.world.current
                assert state.connection.live
        assert self.world.current is None or self.world.current.live

    @invariant()
    def a_view_tells_no_more_than_the_state(self):
        """Every state can be drawn: with its own words, and without a secret."""
        for state in self.world.states:
            view = view_of(state, Outlook("default", ()))
            assert SECRET not in repr(view)
            assert (view["phase"] == "connected") == isinstance(state, Connected)
            assert bool(view["connection"]) == isinstance(state, Connected)
            assert (view["status"] == ["Connected"]) <= isinstance(state, Connected)
            assert not view["consent_url"] or view["phase"] == "waiting"
            assert SECRET not in repr(state)


def outcome(world, effect, word):
    """The event in which an effect ends; Zoho's *word*, where it refuses."""
    attempt = getattr(effect, "attempt", 0)
    if word != "ok" and not isinstance(effect, do.Listen):
        return on.Refused(attempt, Problem("It went wrong", "Do this", "code"), word)
    if isinstance(effect, do.Leave):
        world.sign_out(effect.connection)
    listened = Problem("taken") if word != "ok" else None
    return {
        do.MakeLink: lambda: on.LinkMade(attempt, flow()),
        do.MakeShortCode: lambda: on.ShortCodeMade(attempt, short_code()),
        do.Listen: lambda: on.Listening(attempt, listened),
        do.Exchange: lambda: on.Brought(attempt, a_connection()),
        do.Poll: lambda: on.Brought(attempt, a_connection()),
        do.Leave: lambda: on.Left(attempt, "Signed out"),
        do.Renew: lambda: on.Refreshed(attempt),
    }[type(effect)]()


TestSignIn = SignInMachine.TestCase
TestSignIn.settings = settings(
    max_examples=examples(60),
    stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow],  # on a busy machine
)


@given(st.lists(st.sampled_from(["start", "code", "brought"]), max_size=8))
def test_every_connection_is_kept_or_revoked(order):
    """Whatever the order, a connection that Zoho gave is the kernel's, or is revoked: none is left alive unseen."""
    world = World()
    given_out = []
    for what in order:
        attempt = world.states[0].desk.attempt
        if what == "start":
            world.take(0, on.Pressed("start", attempt, {}))
            world.take(0, on.LinkMade(world.states[0].desk.attempt, flow()))
        elif what == "code":
            world.take(0, on.Pasted("1000.code"))
        else:
            given_out.append(a_connection())
            world.take(0, on.Brought(attempt, given_out[-1]))
    assert not isinstance(world.states[0], Settling)
    for connection in given_out:
        assert connection.live == (connection is world.current)


@pytest.mark.parametrize(
    ("button", "word"), [("refresh", "ok"), ("refresh", "general_error"), ("sign_out", "general_error")]
)
def test_signed_out_elsewhere_while_the_card_is_busy(button, word):
    """The card is over as soon as its own request has ended, whichever way it ended."""
    machine = SignInMachine()
    machine.go_all_the_way(which=0, kept=False)
    machine.world.take(0, on.Chosen(button))
    machine.log_out_elsewhere()
    for effect in machine.world.pending[0]:
        if isinstance(effect, do.Renew | do.Leave):
            machine.world.take(0, outcome(machine.world, effect, word))
    assert isinstance(machine.world.states[0], Filling)
    assert machine.world.states[0].ended == "signed out"


def test_states_cannot_say_connected_without_a_connection():
    """There is no state of that kind: the connection is part of it."""
    desk = Desk(form=FORM, blank=FORM)
    for state in (Filling(desk), Waiting(desk, flow())):
        assert view_of(state, Outlook("default", ()))["status"] != ["Connected"]
    assert view_of(Connected(desk, a_connection()), Outlook("default", ()))["status"] == ["Connected"]
