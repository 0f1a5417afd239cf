"""Which address belongs to which site of which data centre."""

from dataclasses import dataclass, replace
from typing import Literal

DATA_CENTERS = ("us", "eu", "in", "au", "jp", "uk", "ca", "sa", "cn", "ae", "sg")

Role = Literal["accounts", "bugtracker", "domain"]


@dataclass(frozen=True, slots=True)
class Site:
    """One data centre's origins; ``api_domain`` is the general gateway, which knows no BugTracker path."""

    data_center: str
    accounts_url: str
    api_url: str
    api_domain: str

    @property
    def origins(self) -> dict[str, Role]:
        """Every origin of this data centre and what answers there."""
        return {self.api_domain: "domain", self.api_url: "bugtracker", self.accounts_url: "accounts"}


def invented_site(data_center: str) -> Site:
    """Give a data centre an address under ``.test``, which no network resolves (RFC 2606)."""
    tail = "sandbox.test" if data_center == "us" else f"{data_center}.sandbox.test"
    return Site(data_center, f"https://accounts.{tail}", f"https://bugtracker.{tail}", f"https://www.zohoapis.{tail}")


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

    def move(self, data_center: str, accounts_url: str, api_url: str) -> None:
        """Let a data centre answer elsewhere; its general gateway then shares the accounts' host, where it is a 404."""
        self._sites[data_center] = replace(
            self._sites[data_center], accounts_url=accounts_url, api_url=api_url, api_domain=accounts_url
        )

    def find(self, origin: str) -> tuple[str, Role] | None:
        """Data centre and role of an origin, or None where nobody lives."""
        for name, site in self._sites.items():
            role = site.origins.get(origin)
            if role is not None:
                return name, role
        return None
