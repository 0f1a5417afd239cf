"""The API console's clients: what was registered, of which type, in which data centre."""

import hashlib
import random
from dataclasses import dataclass, field
from typing import Literal

ClientType = Literal["server", "javascript", "mobile", "device", "self"]

NEEDS_REDIRECT: frozenset[ClientType] = frozenset({"server", "javascript", "mobile"})


@dataclass(frozen=True, slots=True)
class Client:
    """One entry of the console; a client without ``multi_dc`` exists in its own data centre only."""

    name: str
    client_id: str
    client_secret: str = field(repr=False)
    type: ClientType = "server"
    redirect_uri: str = ""
    scopes: tuple[str, ...] = ()
    data_center: str = "us"
    multi_dc: bool = False

    def known_in(self, data_center: str) -> bool:
        """Tell whether a data centre has heard of this client."""
        return self.multi_dc or data_center == self.data_center

    def secret_in(self, data_center: str, *, differs: bool) -> str:
        """Give the secret that counts in a data centre, which may be another in each."""
        if not differs or data_center == self.data_center:
            return self.client_secret
        return hashlib.sha256(f"{self.client_secret}@{data_center}".encode()).hexdigest()[:42]


def invent_credentials(rng: random.Random, client_type: ClientType) -> tuple[str, str]:
    """Give a client ID and a secret of the shapes that Zoho's console shows."""
    prefix = "1004" if client_type in {"device", "mobile"} else "1000"
    client_id = f"{prefix}.{''.join(rng.choices('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', k=30))}"
    return client_id, f"{rng.getrandbits(168):042x}"


def check_registration(name: str, client_type: ClientType, redirect_uri: str) -> None:
    """Refuse what the console refuses, in its words, as a ValueError."""
    if not name.strip() or not all(letter.isalnum() or letter in " _&" for letter in name):
        raise ValueError("Enter a valid client name")
    if client_type in NEEDS_REDIRECT and not redirect_uri.startswith(("http://", "https://")):
        raise ValueError("Enter a valid redirect URI")
