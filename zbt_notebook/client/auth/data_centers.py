"""Where Zoho lives: a data centre is an accounts host and a BugTracker host that belong together."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, urlsplit

from zbt_notebook.client.errors import SignInRejected, UsageError, reading
from zbt_notebook.client.quoting import a, shown
from zbt_notebook.client.settings import setting
from zbt_notebook.client.suggestions import did_you_mean


@dataclass(frozen=True, slots=True)
class DataCenter:
    """One data centre; the addresses are origins without a trailing slash.

    Plain http is taken for a loopback host alone (RFC 8252 §8.3); anything else raises UsageError. ``siblings`` are the
    others of a stand-in with several: accounts that live there may be followed there. ``v3_urls`` are further hosts of
    a stand-in that may have V3; Zoho's own are known.
    """

    name: str
    accounts_url: str
    api_url: str
    siblings: "tuple[DataCenter, ...]" = field(default=(), repr=False, compare=False)
    v3_urls: tuple[str, ...] = field(default=(), repr=False, compare=False)

    @reading("data_center")
    def __post_init__(self) -> None:
        name: Any = self.name
        if not isinstance(name, str) or not name.strip() or not name.isprintable():
            raise UsageError(
                "the data centre has no name of printable letters", hint="Give it a short one, such as 'proxy'."
            )
        for label in ("accounts_url", "api_url"):
            object.__setattr__(self, label, _origin(getattr(self, label), label))
        object.__setattr__(self, "v3_urls", tuple(_origin(url, "v3_urls") for url in self.v3_urls))

    @property
    def v3_hosts(self) -> tuple[str, ...]:
        """The origins that may have V3, the likeliest first: BugTracker's own, then those of Projects' API and product.

        Which of them has it for a BugTracker portal is documented nowhere; the classic API is at the first alone.
        """
        scheme, _, host = self.api_url.partition("://")
        others = self.v3_urls
        if not others and host.startswith("bugtracker."):
            domain = host.removeprefix("bugtracker.")
            others = tuple(f"{scheme}://{name}.{domain}" for name in ("projectsapi", "projects"))
        return tuple(dict.fromkeys((self.api_url, *others)))

    @property
    def console_url(self) -> str:
        """Where a client is registered: every data centre has a console of its own."""
        host = urlsplit(self.accounts_url).netloc
        return f"https://api-console.{host.removeprefix('accounts.')}" if host.startswith("accounts.") else ""


def _origin(address: Any, label: str) -> str:
    if not isinstance(address, str) or not _PLAIN.fullmatch(address.strip()):
        raise _no_origin(label, "holds a character that no address has")
    try:
        parts = urlsplit(address.strip().rstrip("/"))
        port = parts.port
    except ValueError:
        raise _no_origin(label, "has no port or host as addresses have them") from None
    problem = _problem(parts, port)
    if problem:
        raise _no_origin(label, problem)
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}"


def _problem(parts: SplitResult, port: int | None) -> str:
    """What is wrong with an address, or nothing."""
    host = parts.hostname or ""
    problems = {
        "is not an http(s) address": parts.scheme not in {"http", "https"} or not host,
        "has a host that cannot be one": not _HOST.fullmatch(host) or len(host) > _LONGEST_HOST,
        "has a port that cannot be one": port == 0 or parts.netloc.endswith(":"),
        "must hold nothing but scheme, host and port": "@" in parts.netloc or parts.query or parts.fragment,
        "has a path that leads elsewhere": {".", ".."} & set(parts.path.split("/")),
        "must use https: tokens travel over plain http to a loopback host only": (
            parts.scheme == "http" and not _is_loopback(host)
        ),
    }
    return next((problem for problem, is_so in problems.items() if is_so), "")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


_LONGEST_HOST = 253  # characters (RFC 1035 §2.3.4, without the ends of its encoding)
_PLAIN = re.compile(r"[\x21-\x7e]*")  # urlsplit would drop line ends and tabs without a word
_HOST = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.?|[0-9a-f:.]*:[0-9a-f:.]*"
)


def _no_origin(label: str, problem: str) -> UsageError:
    return UsageError(f"the data centre's {label} {problem}", hint="Give an address such as https://accounts.zoho.com.")


def _zoho(name: str, domain: str) -> DataCenter:
    return DataCenter(name, f"https://accounts.{domain}", f"https://bugtracker.{domain}")


# https://www.zoho.com/accounts/protocol/oauth/multi-dc.html; hosts beyond us, eu and in follow the documented pattern
DATA_CENTERS: Mapping[str, DataCenter] = MappingProxyType(
    {
        name: _zoho(name, domain)
        for name, domain in {
            "us": "zoho.com",
            "eu": "zoho.eu",
            "in": "zoho.in",
            "au": "zoho.com.au",
            "jp": "zoho.jp",
            "ca": "zohocloud.ca",
            "uk": "zoho.uk",
            "sa": "zoho.sa",
            "cn": "zoho.com.cn",
            "ae": "zoho.ae",
            "sg": "zoho.sg",
        }.items()
    }
)


@reading("data_center")
def find_data_center(choice: "str | DataCenter | None") -> DataCenter:
    """Give the data centre of that name; None is the default one. Raise UsageError with the nearest names."""
    if isinstance(choice, DataCenter):
        return choice
    if choice is None:
        return default_data_center()
    if not isinstance(choice, str):
        raise UsageError(
            f"{a(type(choice).__name__)} is no data centre", hint=f"The data centres are {', '.join(DATA_CENTERS)}."
        )
    name = choice.strip().lower()
    custom = _custom_data_center()
    if custom and name == custom.name:
        return custom
    if name in DATA_CENTERS:
        return DATA_CENTERS[name]
    if found := _by_address(name):
        return found
    guess = did_you_mean(name, DATA_CENTERS, quote=repr)
    known_names = ", ".join([*DATA_CENTERS, *(["custom"] if custom else [])])
    raise UsageError(
        f"there is no data centre {shown(choice)}",
        hint=f"{guess} The data centres are {known_names}.".lstrip(),
    )


def _by_address(text: str) -> DataCenter | None:
    """The data centre of a host or an address, for people paste those too: accounts.zoho.eu."""
    host = (text.partition("//")[2] or text).partition("/")[0]
    for known in DATA_CENTERS.values():
        accounts_host, api_host = urlsplit(known.accounts_url).netloc, urlsplit(known.api_url).netloc
        if host in {accounts_host, api_host, accounts_host.removeprefix("accounts.")}:
            return known
    return None


def default_data_center() -> DataCenter:
    """``custom`` where ZBT_ACCOUNTS_URL and ZBT_API_URL are set, else ZBT_DATA_CENTER, else us."""
    return _custom_data_center() or find_data_center(setting("ZBT_DATA_CENTER") or "us")


def _custom_data_center() -> DataCenter | None:
    accounts_url, api_url = setting("ZBT_ACCOUNTS_URL"), setting("ZBT_API_URL")
    if bool(accounts_url) != bool(api_url):
        raise UsageError(
            "only one of ZBT_ACCOUNTS_URL and ZBT_API_URL is set",
            hint="Set both, or neither: together they define the data centre 'custom'.",
        )
    return DataCenter("custom", accounts_url, api_url) if accounts_url and api_url else None


def learn(name: str, accounts_url: str) -> DataCenter | None:
    """A data centre that Zoho's directory lists and this table does not; None where its host does not fit the rest."""
    parts = urlsplit(accounts_url.strip().rstrip("/").lower())
    if parts.scheme != "https" or not parts.netloc.startswith("accounts.") or parts.path or "@" in parts.netloc:
        return None
    return _zoho(name, parts.netloc.removeprefix("accounts."))


def follow_redirect(location: str, accounts_server: str, asked: DataCenter) -> DataCenter:
    """Tell the data centre in which a code must be redeemed, from what came with it in the redirect.

    Zoho sends ``location`` and ``accounts-server`` (multi-dc/client-authorization.html). Only a data centre known
    beforehand is followed (RFC 9700 §4.4, mix-up): anything else raises SignInRejected.
    """
    if not location and not accounts_server:
        return asked
    by_server = accounts_server.strip().rstrip("/").lower()
    candidates = (asked, *asked.siblings, *DATA_CENTERS.values())
    if by_server:
        for known in candidates:
            if by_server == known.accounts_url.lower():
                return known
        raise SignInRejected(
            f"the redirect names {shown(accounts_server)} as its accounts server, which is none of Zoho's",
            hint="Do not go on with this code: start again, and check who sent you the address.",
        )
    if location.lower() in {asked.name, ""} or location.lower() not in DATA_CENTERS:
        return asked
    if asked.name not in DATA_CENTERS:  # a stand-in keeps its own hosts, whatever it calls its location
        return asked
    return DATA_CENTERS[location.lower()]
