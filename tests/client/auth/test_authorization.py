"""One sign-in's tokens, for any number of threads."""

import contextlib
import gc
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.tiers import examples
from zbt_notebook.client.auth.authorization import Authorization, Clock
from zbt_notebook.client.auth.data_centers import DATA_CENTERS
from zbt_notebook.client.auth.oauth import ClientCredentials, Token
from zbt_notebook.client.errors import NotSignedIn, RateLimited, SignInRejected, Unreachable, ZbtError
from zbt_notebook.client.http.messages import Response
from zbt_notebook.client.limits.token_budget import TOKEN_BUDGET, TokenBudget
from zbt_notebook.client.secret_str import live_secrets

CLIENT = ClientCredentials("1000.CLIENT", "canary-secret")


class Zoho:
    """A token endpoint whose answers are given; it can be made to dwell until told to go on."""

    def __init__(self, **answer):
        self.calls = 0
        self.answer = answer
        self.go_on = threading.Event()
        self.go_on.set()
        self.called = threading.Event()

    def __call__(self, _request):
        self.calls += 1
        self.called.set()
        assert self.go_on.wait(10)
        if "raises" in self.answer:
            raise self.answer["raises"]
        return Response(
            200, {}, json.dumps(self.answer or {"access_token": f"fresh-{self.calls}", "expires_in": 3600}).encode()
        )


class Times:
    """Two clocks that move apart when told."""

    def __init__(self):
        self.wall, self.monotonic = 1_000_000.0, 500.0

    def clock(self):
        return Clock(wall=lambda: self.wall, monotonic=lambda: self.monotonic)

    def pass_(self, seconds):
        self.wall += seconds
        self.monotonic += seconds


def authorization(zoho, times, *, expires_in=3600, refresh_token="canary-refresh"):  # noqa: S107  a canary
    token = Token("canary-access", refresh_token, ("ZohoBugTracker.bugs.READ",), expires_in)
    return Authorization(CLIENT, DATA_CENTERS["us"], token, zoho, clock=times.clock())


def test_a_good_token_costs_no_call():
    """It is used until its lee-way."""
    zoho, times = Zoho(), Times()
    auth = authorization(zoho, times)
    times.pass_(3600 - 61)
    assert auth.access_token() == "canary-access"
    times.pass_(2)
    assert auth.access_token() == "fresh-1"
    assert zoho.calls == 1


def test_a_short_lived_token_is_not_refreshed_on_every_call():
    """The lee-way is the smaller of a minute and a tenth of its life."""
    zoho, times = Zoho(), Times()
    auth = authorization(zoho, times, expires_in=30)
    times.pass_(20)
    assert auth.access_token() == "canary-access"
    times.pass_(8)
    assert auth.access_token() == "fresh-1"


@pytest.mark.parametrize("clock", ["wall", "monotonic"])
def test_whichever_clock_reaches_the_end_first_counts(clock):
    """The wall clock is set, the monotonic one sleeps with the machine."""
    zoho, times = Zoho(), Times()
    auth = authorization(zoho, times)
    setattr(times, clock, getattr(times, clock) + 3600)
    assert auth.access_token() == "fresh-1"


def all_at_once(auth, zoho, call):
    """64 threads make *call* while the first refresh dwells; what each got."""
    zoho.go_on.clear()
    started = threading.Semaphore(0)

    def one(_):
        started.release()
        try:
            return call(auth)
        except ZbtError as error:
            return error

    with ThreadPoolExecutor(64) as pool:
        outcomes = [pool.submit(one, n) for n in range(64)]
        for _ in range(64):
            assert started.acquire(timeout=10)
        zoho.go_on.set()
        return [outcome.result(10) for outcome in outcomes]


def test_64_threads_with_an_expired_token_cost_one_refresh():
    """Zoho gives ten tokens in ten minutes, then locks."""
    zoho, times = Zoho(), Times()
    auth = authorization(zoho, times)
    times.pass_(3600)
    assert set(all_at_once(auth, zoho, Authorization.access_token)) == {"fresh-1"}
    assert zoho.calls == 1


def test_64_threads_with_an_early_401_cost_one_refresh():
    """Each names the token that was rejected; only the first finds it still current."""
    zoho, times = Zoho(), Times()
    auth = authorization(zoho, times)
    outcomes = all_at_once(auth, zoho, lambda a: a.refresh(rejected="canary-access"))
    assert set(outcomes) == {"fresh-1"}
    assert zoho.calls == 1


@pytest.mark.parametrize("failure", [{"error": "invalid_code"}, {"raises": Unreachable("no answer")}])
def test_64_threads_share_one_failure(failure):
    """One request, 64 errors, at once."""
    zoho, times = Zoho(**failure), Times()
    auth = authorization(zoho, times)
    times.pass_(3600)
    outcomes = all_at_once(auth, zoho, Authorization.access_token)
    assert {type(outcome) for outcome in outcomes} <= {SignInRejected, Unreachable}
    assert len({str(outcome) for outcome in outcomes}) == 1
    assert zoho.calls == 1


def test_after_a_failure_the_next_try_asks_again():
    """A failure answers for two seconds, not for ever; asked for by hand, not at all."""
    zoho, times = Zoho(raises=Unreachable("no answer")), Times()
    auth = authorization(zoho, times)
    times.pass_(3600)
    for _ in range(3):
        with pytest.raises(Unreachable):
            auth.access_token()
    assert zoho.calls == 1
    zoho.answer = {}
    assert auth.refresh() == "fresh-2"
    times.pass_(3600)
    zoho.answer = {"raises": Unreachable("no answer")}
    with pytest.raises(Unreachable):
        auth.access_token()
    times.pass_(2.5)
    zoho.answer = {}
    assert auth.access_token() == "fresh-4"


def test_the_budget_of_ten_tokens_is_never_overrun():
    """The eleventh is not asked for, and the error says when it may be."""
    zoho, times = Zoho(), Times()
    auth = authorization(zoho, times)  # its own token was the first of ten
    for _ in range(TOKEN_BUDGET - 1):
        times.pass_(1)
        auth.refresh()
    assert auth.budget_left() == 0
    with pytest.raises(RateLimited) as caught:
        auth.refresh()
    assert zoho.calls == TOKEN_BUDGET - 1
    assert caught.value.retry_at
    wait = caught.value.retry_at.timestamp() - times.wall
    assert wait == pytest.approx(600 - (TOKEN_BUDGET - 1))
    times.pass_(wait)
    auth.refresh()


def test_after_access_denied_nothing_is_sent_for_ten_minutes():
    """More tries would lengthen Zoho's lock."""
    zoho, times = Zoho(error="Access Denied"), Times()
    auth = authorization(zoho, times)
    with pytest.raises(SignInRejected):
        auth.refresh()
    assert auth.budget_left() == 0
    with pytest.raises(RateLimited):
        auth.refresh()
    assert zoho.calls == 1
    times.pass_(600)
    assert auth.budget_left() == TOKEN_BUDGET
    zoho.answer = {}
    auth.refresh()


def test_access_denied_says_until_when():
    """The first refusal as well: a time to come back at is what a user can use."""
    zoho, times = Zoho(error="Access Denied"), Times()
    with pytest.raises(SignInRejected) as caught:
        authorization(zoho, times).refresh()
    assert f"{times.clock().today() + timedelta(minutes=10):%H:%M:%S} UTC" in caught.value.hint


def test_the_budget_is_told_while_others_spend_it():
    """A status is asked for in one thread while another refreshes."""
    budget, over = TokenBudget(), threading.Event()

    def spend():
        while not over.is_set():
            budget.spend(0.0)
            budget.take_back(0.0)

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(2) as pool:
            spending = [pool.submit(spend) for _ in range(2)]
            try:
                told = {budget.left(0.0) for _ in range(20_000)}
            finally:
                over.set()
            assert [one.result(10) for one in spending] == [None, None]
    finally:
        sys.setswitchinterval(usual)
    assert told <= set(range(TOKEN_BUDGET + 1))


def test_a_refresh_keeps_what_the_answer_leaves_out():
    """No new refresh token, sometimes no scopes: the old ones stay valid."""
    zoho, times = Zoho(), Times()
    auth = authorization(zoho, times)
    auth.refresh()
    assert auth.can_refresh
    assert auth.scopes == ("ZohoBugTracker.bugs.READ",)


def test_without_a_refresh_token_the_last_second_is_used():
    """Then the error says why there was none."""
    zoho, times = Zoho(), Times()
    auth = authorization(zoho, times, refresh_token="")
    times.pass_(3599)
    assert auth.access_token() == "canary-access"
    times.pass_(2)
    with pytest.raises(NotSignedIn) as caught:
        auth.access_token()
    assert "prompt=consent" in caught.value.hint
    assert zoho.calls == 0


def test_signing_out_forgets_even_when_zoho_is_away():
    """What cannot be revoked is still forgotten, and told."""
    zoho, times = Zoho(raises=Unreachable("no answer")), Times()
    auth = authorization(zoho, times)
    assert auth.revoke() is False
    assert auth.secrets() == ()
    with pytest.raises(NotSignedIn):
        auth.access_token()
    assert auth.revoke() is False
    assert zoho.calls == 1


@pytest.mark.parametrize("rejected", ["canary-access", None])
def test_a_sign_out_while_a_refresh_waits_leaves_no_token(rejected):
    """Whoever comes after it is told that nobody is signed in, and sends nothing with an empty token."""
    zoho, times = Zoho(), Times()
    auth = authorization(zoho, times)
    zoho.go_on.clear()
    with ThreadPoolExecutor(2) as pool:
        signing_out = pool.submit(auth.revoke)
        assert zoho.called.wait(10)
        with pytest.raises(NotSignedIn):
            auth.refresh(rejected=rejected)
        zoho.go_on.set()
        signing_out.result(10)
    assert zoho.calls == 1


def test_t22_a_sign_out_does_not_wait_for_a_refresh_that_hangs():
    """It ends at once, and what the refresh brings later is not held."""
    zoho, times = Zoho(), Times()
    auth = authorization(zoho, times)
    zoho.go_on.clear()
    with ThreadPoolExecutor(2) as pool:
        refreshing = pool.submit(auth.refresh)
        assert zoho.called.wait(10)
        auth.transport = Zoho(status="success")
        assert auth.revoke()
        assert auth.secrets() == ()
        zoho.go_on.set()
        with pytest.raises(NotSignedIn):
            refreshing.result(10)
    assert auth.secrets() == ()


def held_alone(**answer):
    """An authorization whose secrets nobody else holds."""
    client = ClientCredentials("1000.CLIENT", "canary-secret-of-its-own")
    token = Token("canary-access-of-its-own", "canary-refresh-of-its-own", (), 3600)
    return Authorization(client, DATA_CENTERS["us"], token, Zoho(**answer), clock=Times().clock())


def live_canaries():
    gc.collect()
    return {secret for secret in live_secrets() if secret.endswith("of-its-own")}


def test_t22_stop_in_a_sign_out_leaves_no_secret():
    """Neither in the authorization nor in the frames that IPython keeps of the interrupt."""
    auth = held_alone(raises=KeyboardInterrupt)
    assert len(live_canaries()) == 3
    with pytest.raises(KeyboardInterrupt) as stop:
        auth.revoke()
    assert auth.is_revoked
    assert auth.secrets() == ()
    assert live_canaries() == set()
    assert stop.value.__context__ is None


@pytest.mark.parametrize("line", range(14))
def test_t22_stop_at_any_line_of_a_sign_out_is_the_old_state_or_the_new(line):
    """Signed in as before, or nothing left: never half."""
    auth = held_alone(status="success")
    watched = {Authorization.revoke.__code__, Authorization._revoke.__code__, Authorization.forget.__code__}
    passed = iter(range(10**6))

    def trace(frame, event, _argument):
        if frame.f_code in watched and event == "line" and next(passed) == line:
            sys.settrace(None)
            raise KeyboardInterrupt
        return trace

    usual = sys.gettrace()
    sys.settrace(trace)
    try:
        auth.revoke()
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(usual)
    assert len(auth.secrets()) == (0 if auth.is_revoked else 3)
    assert auth.is_revoked or line < 2
    if auth.is_revoked:
        assert live_canaries() == set()


def test_stop_in_a_refresh_is_nobody_elses_outcome():
    """Who waited for it asks for itself, and the lock is free."""
    zoho, times = Zoho(raises=KeyboardInterrupt()), Times()
    auth = authorization(zoho, times)
    with pytest.raises(KeyboardInterrupt):
        auth.refresh()
    zoho.answer = {}
    assert auth.refresh(rejected="canary-access") == "fresh-2"


class SignIns(RuleBasedStateMachine):
    """One sign-in is refreshed, refused, stopped and signed out in any order, while time passes.

    The model is the server's: it knows until when each token that it gave is good.
    """

    def __init__(self):
        super().__init__()
        self.times, self.ends, self.asked_at = Times(), {"canary-access": 500.0 + 3600}, [500.0]
        self.mood = "grants"
        self.is_over = False
        token = Token("canary-access", "canary-refresh", (), 3600)
        self.auth = Authorization(CLIENT, DATA_CENTERS["us"], token, self.answer, clock=self.times.clock())

    def answer(self, request):
        if request.url.endswith("revoke"):
            return self.outcome({"status": "success"})
        self.asked_at.append(self.times.monotonic)
        token = f"fresh-{len(self.asked_at)}"
        answer = self.outcome({"access_token": token, "expires_in": 600})
        if self.mood == "grants":
            self.ends[token] = self.times.monotonic + 600
        elif self.mood == "signs out meanwhile":
            self.auth.revoke()
        return answer

    def outcome(self, body):
        if self.mood == "stopped":
            raise KeyboardInterrupt
        if self.mood == "away":
            raise Unreachable("no answer")
        body = {"error": "invalid_code"} if self.mood == "refuses" else body
        return Response(200, {}, json.dumps(body).encode())

    @rule(mood=st.sampled_from(["grants", "refuses", "away", "stopped", "signs out meanwhile"]))
    def zoho_changes(self, mood):
        self.mood = mood

    @rule(seconds=st.sampled_from([0.5, 3, 61, 540, 3600]))
    def time_passes(self, seconds):
        self.times.pass_(seconds)

    @rule(forced=st.booleans())
    def a_token_is_asked_for(self, forced):
        try:
            token = self.auth.refresh() if forced else self.auth.access_token()
        except (ZbtError, KeyboardInterrupt):
            pass
        else:
            assert not self.is_over
            assert self.ends[token] > self.times.monotonic
        self.is_over = self.is_over or self.auth.is_revoked

    @rule()
    def it_is_signed_out(self):
        with contextlib.suppress(KeyboardInterrupt):
            self.auth.revoke()
        self.is_over = True

    @invariant()
    def a_sign_out_is_final_and_whole(self):
        assert self.auth.is_revoked == self.is_over
        assert bool(self.auth.secrets()) == (not self.is_over)

    @invariant()
    def zohos_budget_is_kept(self):
        recent = [at for at in self.asked_at if self.times.monotonic - at < 600]
        assert len(recent) <= TOKEN_BUDGET


SignIns.TestCase.settings = settings(max_examples=examples(60), stateful_step_count=40, deadline=None)
TestSignIns = SignIns.TestCase


def test_it_shows_no_secret_and_is_not_pickled():
    """Not in repr, str, vars of what a debugger lists first, or pickle."""
    import pickle

    auth = authorization(Zoho(), Times())
    assert "canary" not in f"{auth!r} {auth} {vars(auth)}"
    with pytest.raises(TypeError):
        pickle.dumps(auth)


def test_a_failed_refresh_keeps_no_secret_alive():
    """Its outcome is kept for others, without the frames in which the tokens stand."""
    authorization = Authorization(CLIENT, DATA_CENTERS["us"], Token("", "kept-refresh"), Zoho(error="invalid_code"))
    for _ in range(2):  # met, and shared
        with pytest.raises(SignInRejected, match="invalid_code"):
            authorization.access_token()
    authorization.forget()
    gc.collect()
    assert "kept-refresh" not in live_secrets()
    assert isinstance(authorization.failure, SignInRejected)
    assert authorization.failure.__traceback__ is None
