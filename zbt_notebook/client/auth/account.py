"""Whose account a connection speaks for: asked once, in a thread of its own, and nothing waits for the answer."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from zbt_notebook.client.auth.authorization import Authorization
from zbt_notebook.client.auth.scopes import PROFILE, covers
from zbt_notebook.client.forks import ForkSafeLock
from zbt_notebook.client.http.messages import Request, Transport, decode_json
from zbt_notebook.client.redactor import one_line


@dataclass(frozen=True, slots=True)
class Account:
    """The person who consented, as Zoho Accounts knows them."""

    name: str = ""
    email: str = field(default="", repr=False)
    id: str = ""

    def __str__(self) -> str:
        """The name, and as much of the e-mail address as tells two accounts of one person apart.

        What a status shows is saved with the notebook, and committed: a whole address there is personal data for
        everyone and for spammers, a name and a domain are what a colleague needs to know whose data they see.
        """
        local, at, domain = self.email.rpartition("@")
        masked = f"{local[:1]}…{at}{domain}" if at and local else ""
        if self.name and masked:
            return f"{self.name} ({masked})"
        return self.name or masked or (f"user {self.id}" if self.id else "")


class AccountLookup:
    """Looks an account up where the profile scope was granted; without an answer it stays unknown."""

    def __init__(self, authorization: Authorization, transport: Transport) -> None:
        self._found: Account | None = None
        self._authorization, self._transport = authorization, transport
        self._ended = threading.Event()
        self._ended.set()
        self._lock = ForkSafeLock()
        self._then: list[Callable[[], None]] = []

    @property
    def account(self) -> Account | None:
        """What is known by now: the answer, or else the bare id that the API has told in passing."""
        if self._authorization.is_revoked:
            return None  # signed out is forgotten
        login_id = self._authorization.login_id
        return self._found or (Account(id=login_id) if login_id else None)

    def start(self) -> None:
        """Ask, in a daemon thread, if the scope allows it and nobody has asked yet."""
        with self._lock:
            if self._found or not self._ended.is_set() or not covers(self._authorization.scopes, PROFILE):
                return
            self._ended.clear()
        threading.Thread(target=self._run, name="zbt-account", daemon=True).start()

    def then(self, tell: Callable[[], None]) -> None:
        """Call *tell* once the account is known; at once where it is."""
        with self._lock:
            if self._found is None:
                self._then.append(tell)
                return
        tell()

    def wait(self, seconds: float) -> Account | None:
        """Give the account; where it is being asked for, wait for that, but no longer than *seconds*."""
        self._ended.wait(seconds)
        return self.account

    def _run(self) -> None:
        try:
            account = self._fetch()
        except Exception:  # noqa: BLE001  a name is worth no error, and a thread has nobody to raise to
            account = None
        with self._lock:
            self._found, waiting, self._then = account, self._then if account else [], []
        self._ended.set()
        for tell in waiting:
            tell()

    def _fetch(self) -> Account | None:
        url = f"{self._authorization.data_center.accounts_url}/oauth/user/info"
        token = self._authorization.access_token()
        response = self._transport(Request("GET", url, headers=(("Authorization", f"Bearer {token}"),)))
        body = decode_json(response)
        if not isinstance(body, dict):
            return None
        name, email = (body.get(key) for key in ("Display_Name", "Email"))
        account = Account(*(one_line(text) if isinstance(text, str) else "" for text in (name, email)))
        return account if str(account) else None
