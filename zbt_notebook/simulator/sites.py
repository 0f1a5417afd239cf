"""Which address belongs to which site of which data centre."""

from dataclasses import dataclass
from typing import Literal

DATA_CENTERS = ("us", "eu", "in", "au", "jp", "uk", "ca", "sa", "cn", "ae", "sg")

Role = Literal["accounts", "bugtracker", "projectsapi", "projects", "files", "domain"]
# What a data centre listens with; its general gateway then shares the accounts' host, where it is a 404.
SERVED: tuple[Role, ...] = ("accounts", "bugtracker", "projectsapi", "projects", "files")


@dataclass(frozen=True, slots=True)
class Site:
    """One data centre's origins.

    ``api_url`` is the BugTracker's own host; ``projectsapi_url`` and ``projects_url`` answer the same paths, and have
    V3 where the own host has none; ``files_url`` gives the bytes of files. ``api_domain`` is the general gateway, which
    knows no path of either.
    """

    data_center: str
    accounts_url: str
    api_url: str
    projectsapi_url: str
    projects_url: str
    files_url: str
    api_domain: str

    @property
    def origins(self) -> dict[str, Role]:
        """Every origin of this data centre and what answers there."""
        return {
            self.api_domain: "domain",
            self.files_url: "files",
            self.projects_url: "projects",
            self.projectsapi_url: "projectsapi",
            self.api_url: "bugtracker",
            self.accounts_url: "accounts",
        }


def invented_site(data_center: str) -> Site:
    """Give a data centre an address under ``.test``, which no network resolves (RFC 2606)."""
    tail = "sandbox.test" if data_center == "us" else f"{data_center}.sandbox.test"
    hosts = ("accounts", "bugtracker", "projectsapi", "projects", "download-accl", "www.zohoapis")
    return Site(data_center, *(f"https://{host}.{tail}" for host in hosts))


class Sites:
    """All data centres of one world, found by name or by origin."""

    def __init__(self, data_centers: tuple[str, ...]) -> None:
        unknown = [name for name in data_centers if name not in DATA_CENTERS]
        if unknown or not data_centers:
            raise ValueError(f"data centres are some of {', '.join(DATA_CENTERS)}, not {unknown}")
        self._sites = {name: invented_site(name) for name in data_centers}

    def __getitem__(self, data_center: str) -> Site:
        return self._sites[data_center]

    def __contains__(self, data_center: str) -> bool:
        return data_center in self._sites

    @property
    def names(self) -> tuple[str, ...]:
        """The data centres, the first being where new clients are registered."""
        return tuple(self._sites)

    def move(self, data_center: str, origins: dict[Role, str]) -> None:
        """Let a data centre answer elsewhere: an origin for each role of ``SERVED``."""
        self._sites[data_center] = Site(
            data_center,
            accounts_url=origins["accounts"],
            api_url=origins["bugtracker"],
            projectsapi_url=origins["projectsapi"],
            projects_url=origins["projects"],
            files_url=origins["files"],
            api_domain=origins["accounts"],
        )

    def find(self, origin: str) -> tuple[str, Role] | None:
        """Data centre and role of an origin, or None where nobody lives."""
        for name, site in self._sites.items():
            role = site.origins.get(origin)
            if role is not None:
                return name, role
        return None
