"""``%zbt doctor``: what is installed, who is signed in, whether Zoho answers, and what the last error means."""

import platform
from importlib import metadata
from time import monotonic, time
from typing import TYPE_CHECKING

from zbt_notebook.client import signed_in
from zbt_notebook.client.errors import (
    ApiError,
    IncompletePull,
    NotFound,
    NotSignedIn,
    RateLimited,
    ScopeMissing,
    SignInRejected,
    TokenRejected,
    Unreachable,
    UsageError,
    ZbtError,
)
from zbt_notebook.client.http.messages import Request
from zbt_notebook.notebook import last_error
from zbt_notebook.notebook.magic.display.table import Table, ago
from zbt_notebook.notebook.magic.grammar.parser import Options
from zbt_notebook.notebook.magic.session import Session

if TYPE_CHECKING:
    from zbt_notebook.client.auth.data_centers import DataCenter

_PACKAGES = (
    "zbt-notebook",
    "ipython",
    "ipykernel",
    "ipywidgets",
    "anywidget",
    "requests",
    "pandas",
    "jmespath",
    "pyarrow",
)
_LOSES_CELLS = ("7.0", "7.1", "7.2", "7.3")  # versions of ipykernel; see ipykernel_repair
_CLOCK_OFF = 60.0  # seconds; Zoho's tokens live an hour

# Why an error of a kind, with a word in its message, comes about, beyond its own advice; the first that fits
_EXPLANATIONS: tuple[tuple[type[ZbtError], str, str], ...] = (
    (UsageError, "", "Nothing was sent: the words of the call do not fit. %zbt help tells the grammar of a line."),
    (
        NotSignedIn,
        "refresh token",
        (
            "Zoho gives a refresh token for access_type=offline and a consent that was shown; without one a sign-in "
            "ends with its access token, after an hour. The card asks for both."
        ),
    ),
    (
        NotSignedIn,
        "",
        (
            "No sign-in in this kernel: it keeps tokens in memory alone, so that a restart asks anew. Run the cell "
            "with %zbt login first; unattended, set ZBT_CLIENT_ID, ZBT_CLIENT_SECRET and ZBT_REFRESH_TOKEN."
        ),
    ),
    (
        SignInRejected,
        "Access Denied",
        (
            "Zoho gives ten access tokens in ten minutes for a sign-in. Many kernels that start at once, or a cell "
            "that signs in in a loop, use them up: sign in once, and share the connection."
        ),
    ),
    (
        SignInRejected,
        "refresh token",
        (
            "A sign-in lasts until it is revoked (at Zoho: Sessions, Connected Apps), a password is changed, or a "
            "client's 21st sign-in of a user pushes out the oldest. Its refresh token works in one data centre alone."
        ),
    ),
    (
        SignInRejected,
        "",
        (
            "Codes are short-lived and work once; client ID and secret belong to one data centre; the redirect URI "
            "must be the registered one, to the last slash."
        ),
    ),
    (
        ScopeMissing,
        "",
        (
            "The token does not cover the call. Zoho grants scopes at sign-in only: sign in again with the scope "
            "added. Paths of the classic API want ZohoBugTracker scopes, those of V3 ZohoProjects scopes."
        ),
    ),
    (
        TokenRejected,
        "",
        "The token is not valid here: revoked, pushed out by ten newer ones, or of another data centre. Sign in again.",
    ),
    (
        RateLimited,
        "access token",
        (
            "Zoho gives ten access tokens in ten minutes for a sign-in, and refuses for longer where more are asked "
            "for. The one at hand may still be good: %zbt status."
        ),
    ),
    (
        RateLimited,
        "",
        (
            "Zoho counts the calls in 2 minutes for each kind of path, and locks it after too many: after 100 of the "
            "classic API for half an hour, after 200 of V3 for about ten minutes. Calls in between make it longer. "
            "Wait; fetch larger pages by --all; use --cache."
        ),
    ),
    (
        NotFound,
        "",
        "The path or an id in it is wrong, or the portal is another's. %zbt endpoints WORD lists the paths.",
    ),
    (
        IncompletePull,
        "",
        "A call in the middle failed, or Stop was pressed. What came before is kept: zbt.resume() goes on.",
    ),
    (
        ApiError,
        "",
        (
            "Zoho understood who asks, and does not do what was asked: a parameter, an id or your role in the portal "
            "is not what it should be."
        ),
    ),
    (Unreachable, "", "No answer came from the network: a proxy, a VPN, a wrong data centre, or a stopped sandbox."),
    (ZbtError, "", "A fault of this package or of one that it stands on. Should it come again, report it."),
)


def examine(console: Session, options: Options) -> Table:
    """Look at everything a call depends on; nothing is changed, and no token is used."""
    rows = [("Python", f"{platform.python_version()} on {platform.system()}"), ("packages", ", ".join(_versions()))]
    rows += _ipykernel(_version("ipykernel"))
    connections = signed_in.connections()
    if connections:
        connection = console.connection(options)
        data_center = connection.data_center
        rows += [
            ("connection", str(connection.status())),
            ("scopes", ", ".join(connection.scopes) or "Zoho did not say"),
            ("context", str(console.atlas(connection).context)),
        ]
    else:
        from zbt_notebook.client.auth.data_centers import default_data_center

        data_center = default_data_center()
        rows.append(("connection", "none: %zbt login"))
    rows += _network(data_center)
    rows += _last_error(time())
    return Table(("", ""), tuple(rows))


def _versions() -> list[str]:
    return [f"{name} {_version(name)}" for name in _PACKAGES]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "-"


def _ipykernel(version: str) -> list[tuple[str, str]]:
    if ".".join(version.split(".")[:2]) not in _LOSES_CELLS:
        return []
    advice = "%load_ext has repaired this kernel; upgrade to 7.4: pip install -U ipykernel"
    return [("to mend", f"ipykernel {version} now and then never begins a cell (its issue 1554). {advice}")]


def _network(data_center: "DataCenter") -> list[tuple[str, str]]:
    from zbt_notebook.client.http.transport import RequestsTransport

    transport = RequestsTransport(timeout=(3.0, 5.0), deadline=8.0)
    rows = []
    for label, url in (
        ("accounts", f"{data_center.accounts_url}/oauth/serverinfo"),
        ("API", data_center.api_url + "/"),
    ):
        started = monotonic()
        try:
            answer = transport(Request("GET", url))
        except Unreachable as error:
            rows.append((label, f"{error.message}. {error.hint}"))
        else:
            rows.append((label, f"{data_center.name} answers in {(monotonic() - started) * 1000:.0f} ms"))
            rows += _clock(answer.headers.get("date", ""), label)
    transport.close()
    return rows


def _clock(date: str, label: str) -> list[tuple[str, str]]:
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    try:
        off = (datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds()
    except (TypeError, ValueError):
        return []
    return (
        [("clock", f"this machine's differs from the {label} server's by {off:.0f} s")] if abs(off) > _CLOCK_OFF else []
    )


def _last_error(now: float) -> list[tuple[str, str]]:
    seen = last_error.last()
    if seen is None:
        return [("last error", "none")]
    rows = [("last error", f"{seen.kind.__name__}: {seen.message}"), ("seen", f"{ago(now - seen.at)}, {seen.where}")]
    if seen.hint:
        rows.append(("what to do", seen.hint))
    return [*rows, ("why", _why(seen))]


def _why(seen: last_error.Seen) -> str:
    return next(why for kind, word, why in _EXPLANATIONS if issubclass(seen.kind, kind) and word in seen.message)
