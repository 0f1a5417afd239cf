"""What was asked of the sandbox lately, without the secrets."""

import threading
from collections import Counter, deque
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from zbt_notebook.simulator.http import Request, Response

_SECRET = frozenset(
    {
        "client_secret",
        "code",
        "refresh_token",
        "access_token",
        "token",
        "code_verifier",
        "authtoken",
        "state",
        "user_code",
    }
)
REDACTED = "(redacted)"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One answered request; ``query`` shows which secrets stood in the URL, but not their values."""

    at: float
    data_center: str
    role: str
    method: str
    path: str
    query: str
    status: int
    note: str = ""


class RequestLog:
    """The last requests, oldest first; thread-safe."""

    def __init__(self, keep: int = 1000) -> None:
        self._entries: deque[LogEntry] = deque(maxlen=keep)
        self._lock = threading.Lock()
        self._answered: Counter[str] = Counter()

    @property
    def total(self) -> int:
        """How many requests there were since the start, kept or not."""
        return self._answered.total()

    @property
    def api_requests(self) -> int:
        """How many requests all other servers than ``accounts`` had since the start, kept or not."""
        return self.total - self._answered["accounts"]

    def entries(self, path: str | None = None, method: str | None = None) -> list[LogEntry]:
        """List the kept requests, of one path or method if asked."""
        with self._lock:
            kept = list(self._entries)
        return [entry for entry in kept if path in {None, entry.path} and method in {None, entry.method}]

    def clear(self) -> None:
        """Forget everything so far."""
        with self._lock:
            self._entries.clear()

    def add(self, at: float, data_center: str, role: str, request: Request, response: Response, note: str) -> None:  # noqa: PLR0917  the columns of a log
        """Note one answered request."""
        note = note or _grant_type(request)
        query = redacted_query(request.url)
        entry = LogEntry(at, data_center, role, request.method, request.path, query, response.status, note)
        with self._lock:
            self._entries.append(entry)
            self._answered[role] += 1


def redacted_query(url: str) -> str:
    """Give a URL's query with the values of secret parameters blotted out."""
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    return urlencode([(name, REDACTED if name.lower() in _SECRET and value else value) for name, value in pairs])


def _grant_type(request: Request) -> str:
    if "/oauth/" not in request.path or request.method != "POST":
        return ""
    return request.params.get("grant_type", "")[:40]
