"""One sign-in's tokens, for any number of threads."""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from zbt_notebook.client.auth.authorization import Authorization, Clock
from zbt_notebook.client.auth.data_centers import DATA_CENTERS
from zbt_notebook.client.auth.oauth import ClientCredentials, Token
from zbt_notebook.client.errors import NotSignedIn, RateLimited, SignInRejected, Unreachable, ZbtError
from zbt_notebook.client.http.messages import Response
from zbt_notebook.client.limits.token_budget import TOKEN_BUDGET, TokenBudget

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


def test_it_shows_no_secret_and_is_not_pickled():
    """Not in repr, str, vars of what a debugger lists first, or pickle."""
    import pickle

    auth = authorization(Zoho(), Times())
    assert "canary" not in f"{auth!r} {auth} {vars(auth)}"
    with pytest.raises(TypeError):
        pickle.dumps(auth)
