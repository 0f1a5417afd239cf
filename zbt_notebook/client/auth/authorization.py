"""One sign-in's tokens: fresh when asked for, refreshed once for all threads, revocable."""

import contextlib
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep, time

from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.auth.oauth import (
    ClientCredentials,
    Token,
    read_revocation,
    read_token,
    refresh_request,
    revoke_request,
)
from zbt_notebook.client.errors import NotSignedIn, RateLimited, SignInRejected, Unreachable, ZbtError
from zbt_notebook.client.forks import ForkSafeLock
from zbt_notebook.client.http.messages import Transport
from zbt_notebook.client.limits.registry import token_budget_of
from zbt_notebook.client.limits.shared_token import Shared, TokenShare
from zbt_notebook.client.limits.token_budget import TOKEN_BUDGET, TOKEN_WINDOW, TokenBudget
from zbt_notebook.client.next_steps import step
from zbt_notebook.client.secret_str import SecretStr, StaysInKernel

FAILURE_LASTS = 2.0  # seconds in which a failed refresh answers for the calls that come just after it …
REFUSAL_LASTS = 60.0  # … where Zoho refused it: asking again brings the same word, and costs a call of the budget
LONGEST_LIFE = 86_400.0  # seconds: a shared token that claims more is from before the machine started anew


@dataclass(frozen=True, slots=True)
class Clock:
    """Two clocks: ``wall`` jumps when it is set, ``monotonic`` pauses while the machine sleeps; and a wait by them."""

    wall: Callable[[], float] = time
    monotonic: Callable[[], float] = monotonic
    sleep: Callable[[float], None] = sleep

    def today(self) -> datetime:
        """The wall clock's date and time, in UTC."""
        return datetime.fromtimestamp(self.wall(), UTC)


@dataclass(frozen=True, slots=True)
class Keepsake(StaysInKernel):
    """What it takes to sign in again without the user."""

    data_center: DataCenter
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scopes: tuple[str, ...] = ()
    redirect_uri: str = ""  # for a wider consent later

    def __post_init__(self) -> None:
        for name in ("client_secret", "refresh_token"):
            object.__setattr__(self, name, SecretStr(getattr(self, name)))


@dataclass(frozen=True, slots=True)
class _Deadline:
    """A moment on both clocks; whichever reaches it first counts."""

    wall: float
    monotonic: float

    @classmethod
    def after(cls, clock: Clock, seconds: float) -> "_Deadline":
        return cls(clock.wall() + seconds, clock.monotonic() + seconds)

    def seconds_left(self, clock: Clock) -> float:
        return min(self.wall - clock.wall(), self.monotonic - clock.monotonic())


@dataclass(frozen=True, slots=True)
class _Held:
    """What a sign-in holds at one moment, read and replaced as one value; ``client`` is None once it is signed out."""

    client: ClientCredentials | None
    token: Token
    deadline: _Deadline = _Deadline(0, 0)
    leeway: float = 0.0

    def seconds_left(self, clock: Clock) -> float:
        """How long the access token is good for; negative where it has ended or there is none."""
        return self.deadline.seconds_left(clock) if self.token.access_token else -1.0


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One refresh and how it ended, so that those who waited for it share the outcome."""

    error: ZbtError | None  # a copy that nobody raises: a traceback would keep the frames alive, with their tokens
    ended: float  # on the monotonic clock


def _lasts(error: str) -> float:
    return REFUSAL_LASTS if error else FAILURE_LASTS


class Authorization(StaysInKernel):
    """The tokens of one sign-in. Safe to use from any number of threads.

    ``transport`` sends each request and gives its response. A test or a recorder may replace it.
    """

    def __init__(
        self,
        client: ClientCredentials,
        data_center: DataCenter,
        token: Token,
        transport: Transport,
        *,
        requested: tuple[str, ...] = (),
        clock: Clock | None = None,
        share: TokenShare | None = None,
    ) -> None:
        self.data_center = data_center
        self.client_id = client.client_id
        self.requested_scopes = requested
        self.login_id = ""  # what the API calls its user, once an answer has told
        self._held = _Held(client, Token(""))
        self.over_because = "this connection is signed out"
        self._zoho_revoked = False
        self._is_over = False  # no lock guards a sign-out, for Stop may come between any two lines: see _take
        self.transport = transport
        self._clock = clock or Clock()
        self._counts_for_all = clock is None  # a clock of one's own tells times that mean nothing to others
        self._share = share
        self._lock = ForkSafeLock()
        self._last_attempt: _Attempt | None = None
        self._budget = TokenBudget()
        self._take(token)
        if token.access_token:  # the exchange that brought it counts as well
            self._budget.spend(self._clock.monotonic())

    def __repr__(self) -> str:
        return f"Authorization(client_id={self.client_id!r}, data_center={self.data_center.name!r})"

    @property
    def scopes(self) -> tuple[str, ...]:
        """What was granted."""
        return self._held.token.scopes

    @property
    def credentials(self) -> ClientCredentials:
        """The client with its secret, for another sign-in of its own; raise NotSignedIn after ``revoke``."""
        return self._require_sign_in()

    @property
    def can_refresh(self) -> bool:
        """Whether there is a refresh token."""
        return bool(self._held.token.refresh_token)

    @property
    def is_revoked(self) -> bool:
        """Whether ``revoke`` was called: there is nothing left to call with."""
        return self._is_over

    @property
    def failure(self) -> ZbtError | None:
        """Why the latest refresh brought no token; None where it did, or there was none yet."""
        return self._last_attempt.error if self._last_attempt else None

    def has_same_grant(self, other: "Authorization") -> bool:
        """Whether both came of one consent."""
        mine, theirs = self._held.token.refresh_token, other._held.token.refresh_token  # noqa: SLF001  of the same class
        return bool(mine) and mine == theirs

    def seconds_left(self) -> float:
        """How long the access token is good for; 0 where it is not."""
        return max(0.0, self._held.seconds_left(self._clock))

    def budget_left(self) -> int:
        """How many tokens Zoho still gives in the running ten minutes."""
        return self._budget.left(self._clock.monotonic())

    def secrets(self) -> tuple[str, ...]:
        """Every value that must not show, for redaction."""
        held = self._held
        secret = held.client.client_secret if held.client else ""
        return tuple(filter(None, (held.token.access_token, held.token.refresh_token, secret)))

    def keepsake(self) -> Keepsake:
        """What the user may have remembered; raise NotSignedIn where there is no refresh token to remember."""
        held = self._held
        if held.client is None or not held.token.refresh_token:
            raise NotSignedIn(
                "there is no refresh token to remember",
                hint=f"Sign in again: {step('login and remember')}. A fresh consent with offline access gives one.",
            )
        return Keepsake(
            self.data_center, self.client_id, held.client.client_secret, held.token.refresh_token, held.token.scopes
        )

    def access_token(self) -> str:
        """A token that is good for longer than the leeway, refreshed first where it is not.

        Raise NotSignedIn where there is none and none can be had, else what ``refresh`` raises.
        """
        held = self._held
        token, seconds = held.token.access_token, held.seconds_left(self._clock)
        if seconds > held.leeway:
            return token
        self._require_sign_in()
        if not held.token.refresh_token and seconds > 0:
            return token
        return self.refresh(rejected=token)

    def refresh(self, *, rejected: str | None = None) -> str:
        """Get a new access token; with *rejected*, only where that one is still the current one.

        Whoever comes while a refresh is under way shares its outcome, be it a token or an error.
        """
        seen = self._last_attempt
        with self._lock:
            self._require_sign_in()  # it may have been signed out while this waited
            current = self._held.token.access_token
            if rejected is not None and rejected != current:
                return self._still_signed_in(current)
            last = self._last_attempt
            if last and last.error and (last is not seen or (rejected is not None and self._is_recent(last))):
                raise copy(last.error)
            if last is not seen:
                return self._still_signed_in(current)
            try:
                self._refresh_for_all(rejected)
            except ZbtError as error:
                self._last_attempt = _Attempt(copy(error), self._clock.monotonic())
                raise
            self._last_attempt = _Attempt(None, self._clock.monotonic())  # one that was stopped is nobody's outcome
            return self._still_signed_in(self._held.token.access_token)

    def _still_signed_in(self, access_token: str) -> str:
        """The token, unless a sign-out came between: then there is none, and nothing is sent with an empty one."""
        self._require_sign_in()
        return access_token

    def _require_sign_in(self) -> ClientCredentials:
        client = self._held.client
        if client is None or self._is_over:
            raise NotSignedIn(self.over_because, hint=f"Sign in again: {step('login')}")
        return client

    def _is_recent(self, attempt: _Attempt) -> bool:
        return self._clock.monotonic() - attempt.ended < _lasts(getattr(attempt.error, "error", ""))

    def _refresh_for_all(self, rejected: str | None) -> None:
        """Refresh, or adopt what another process of the same sign-in has just got, be it a token or an error."""
        if self._share is None:
            self._refresh()
            return
        with self._share.alone() as entry:
            if entry is None:
                self._refresh()
                return
            known = entry.read()
            self._budget.learn(known.calls, self._clock.monotonic())
            if rejected is not None and self._adopt(known, rejected):
                return
            try:
                self._refresh()
            except (SignInRejected, Unreachable) as error:
                entry.write(self._failure(error))
                raise
            entry.write(self._success())

    def _adopt(self, known: Shared, rejected: str) -> bool:
        """Take a token that another process got; raise what another process has just met instead of one."""
        now = self._clock.monotonic()
        if known.failed <= now < known.failed + _lasts(known.error):
            if known.error:
                raise SignInRejected(known.message, hint=known.hint, error=known.error)
            raise Unreachable(known.message, hint=known.hint)
        deadline = _Deadline(known.ends_on_wall, known.ends)
        seconds = deadline.seconds_left(self._clock)
        if known.access_token in {"", rejected} or not self._leeway_of(seconds) < seconds <= LONGEST_LIFE:
            return False
        self._take(Token(known.access_token, "", known.scopes, seconds))
        return True

    def _success(self) -> Shared:
        held = self._held
        times = held.deadline.wall, held.deadline.monotonic
        return Shared(held.token.access_token, *times, held.token.scopes, self._budget.calls)

    def _failure(self, error: SignInRejected | Unreachable) -> Shared:
        word = getattr(error, "error", "")
        calls, now = self._budget.calls, self._clock.monotonic()
        return Shared(calls=calls, failed=now, error=word, message=error.message, hint=error.hint)

    def _refresh(self) -> None:
        client, token = self._require_sign_in(), self._held.token
        if not token.refresh_token:
            raise NotSignedIn(
                "the access token has expired, and Zoho gave no refresh token with it",
                hint=f"Sign in again: {step('login')}. access_type=offline and prompt=consent give a refresh token.",
            )
        called = self._spend()
        request = refresh_request(self.data_center, client, token.refresh_token)
        try:
            token = read_token(self.transport(request), requested=token.scopes, refreshing=True)
        except ZbtError as error:
            if getattr(error, "nothing_sent", False):
                self._budget.take_back(called)
            if getattr(error, "error", "") == "Access Denied":
                self._budget.block(self._clock.monotonic())
                unlocked = self._clock.today() + timedelta(seconds=TOKEN_WINDOW)
                error.hint = f"Wait until {unlocked:%H:%M:%S} UTC, then try once: more tries make the wait longer."
            raise
        self._take(token)

    def _spend(self) -> float:
        """Count a token call and give its time, or raise RateLimited where Zoho would refuse it."""
        now = self._clock.monotonic()
        if wait := self._budget.spend(now):
            retry_at = self._clock.today() + timedelta(seconds=wait)
            raise RateLimited(
                f"Zoho gives {TOKEN_BUDGET} access tokens in ten minutes; the next is due at {retry_at:%H:%M:%S} UTC",
                hint="Wait until then: nothing was sent, and asking more often would only lengthen the wait.",
                retry_at=retry_at,
            )
        return now

    def _take(self, token: Token) -> None:
        """Hold a new token; one that arrives after the sign-out is not held."""
        client, old = self._require_sign_in(), self._held.token
        kept = token.refresh_token or old.refresh_token  # a refresh answers without one: the old stays valid
        if kept != old.refresh_token and self._counts_for_all:
            self._budget = token_budget_of(self.data_center.accounts_url, kept)
        self._held = _Held(
            client,
            Token(token.access_token, kept, token.scopes or old.scopes, token.expires_in),
            _Deadline.after(self._clock, token.expires_in),
            self._leeway_of(token.expires_in),
        )
        if self._is_over:  # it was signed out meanwhile: whichever of the two assignments came last, nothing is held
            self.forget()

    @staticmethod
    def _leeway_of(seconds: float) -> float:
        return min(60.0, seconds / 10)

    def revoke(self) -> bool:
        """Revoke at Zoho and forget here; tell whether Zoho did. It is forgotten here in any case, and first.

        A second time it tells the same. A refresh under way is not waited for: what it brings is not held. Stop ends
        the request, and its exception holds no frame with a secret in it.
        """
        stopped = False
        try:
            return self._revoke(self.forget())
        except KeyboardInterrupt:
            stopped = True
        finally:
            self.forget()
        if stopped:  # anew, outside the except block: the frames of the old one hold the token
            raise KeyboardInterrupt
        return False

    def forget(self) -> Token:
        """Hold nothing any more; give what was held."""
        token, self._is_over = self._held.token, True
        self._held = _Held(None, Token(""))
        return token

    def _revoke(self, token: Token) -> bool:
        if secret := token.refresh_token or token.access_token:
            with contextlib.suppress(Unreachable):
                self._zoho_revoked = read_revocation(self.transport(revoke_request(self.data_center, secret)))
        return self._zoho_revoked
