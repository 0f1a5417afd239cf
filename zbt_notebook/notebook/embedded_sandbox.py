"""The simulated Zoho as one more data centre: to the client nothing sets it apart."""

import json
import os
from dataclasses import dataclass, field, replace
from typing import Any

from zbt_notebook.client.auth.data_centers import DataCenter
from zbt_notebook.client.auth.scopes import PRESETS
from zbt_notebook.client.errors import Unreachable, UsageError
from zbt_notebook.client.forks import ForkSafeLock
from zbt_notebook.client.http.messages import Request, decode_json
from zbt_notebook.client.limits import registry

POLLED_EVERY = 3  # seconds, where a short code is only practised: Zoho's own 30 teach nothing

_lock = ForkSafeLock()
_shared: "SandboxSite | None" = None


@dataclass(frozen=True)
class SandboxSite:
    """Where a sandbox is, and the client that is registered there; ``running`` where it runs in this process."""

    data_center: DataCenter
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    scopes: tuple[str, ...] = PRESETS["triage"]
    running: Any = field(default=None, repr=False)

    @property
    def clock(self) -> Any:
        """Its time: ``sandbox.clock.advance(3600)``."""
        return self._own().clock

    @property
    def faults(self) -> Any:
        """What goes wrong on demand: ``sandbox.faults.add(path=…, times=2, kind="status")``."""
        return self._own().faults

    @property
    def world(self) -> Any:
        """Everything it simulates: accounts, data, switches, the log of requests."""
        return self._own().world

    def for_devices(self) -> "SandboxSite":
        """The same sandbox with its client for the device flow."""
        return self._with_client(type="device")

    def for_redirects_to(self, redirect_uri: str) -> "SandboxSite":
        """The same sandbox with a client that has this redirect URI."""
        return replace(self._with_client(type="server", redirect_uri=redirect_uri), redirect_uri=redirect_uri)

    def for_self_client(self) -> "SandboxSite":
        """The same sandbox with its Self Client."""
        return self._with_client(type="self")

    def generate_code(self) -> str:
        """Press *Generate Code* in the console's stead, for the Self Client."""
        return self._ask_console("codes", scopes=",".join(self.scopes))["code"]

    def _with_client(self, **wishes: str) -> "SandboxSite":
        client = self._ask_console("clients", **wishes)
        return replace(self, client_id=client["client_id"], client_secret=client["client_secret"])

    def _ask_console(self, button: str, **fields: str) -> dict[str, str]:
        """Do what a developer does in the API console, wherever the sandbox runs."""
        from zbt_notebook.client.http.transport import RequestsTransport

        transport = RequestsTransport()
        owner = {"client_id": self.client_id, "client_secret": self.client_secret}
        url = f"{self.data_center.accounts_url}/sandbox/console/{button}"
        answer = transport(Request("POST", url, form=tuple({**owner, **fields}.items())))
        transport.close()
        body: dict[str, str] = decode_json(answer)
        if "error" in body:
            raise UsageError(
                f"the sandbox's API console refuses: {body['error']}", hint="See its page for its clients."
            )
        return body

    def _own(self) -> Any:
        if self.running is None:
            raise Unreachable(
                "this sandbox runs in another process",
                hint="Open its page in a browser instead: " + self.data_center.accounts_url,
            )
        return self.running

    def consent(self, authorization_url: str, *, accept: bool = True) -> str:
        """Give the consent, or refuse it, in the user's stead; the address on which a browser would land."""
        from zbt_notebook.client.http.transport import RequestsTransport

        transport = RequestsTransport()
        answer = transport(
            Request("GET", authorization_url, headers=(("Sandbox-Consent", "accept" if accept else "reject"),))
        )
        transport.close()
        location = answer.headers.get("location", "")
        if not location:
            raise Unreachable(
                f"the sandbox shows an error page instead of its consent (HTTP {answer.status})",
                hint="Open the consent link in a browser to read it.",
            )
        return location

    def stop(self) -> None:
        """Stop it, where it runs in this process; stopping twice does no harm.

        What it counted is forgotten with it: another sandbox may come to its address, and counts from nothing.
        """
        if self.running is not None:
            self.running.stop()
            for site in (self.data_center, *self.data_center.siblings):
                registry.forget(site.api_url)
                registry.forget(site.accounts_url)


def sandbox(**options: Any) -> SandboxSite:
    """Start a simulated Zoho in this process, on a free port of 127.0.0.1; it ends with the process or ``stop()``.

    *options* are the world's: ``seed``, ``projects``, ``bugs``, ``data_centers``.
    """
    from zbt_notebook.simulator import Sandbox

    running = Sandbox(**options)
    world = running.world
    others = [name for name in world.sites.names if world.accounts_url(name) != running.accounts_url]

    def data_center(name: str, known_as: str, siblings: tuple[DataCenter, ...] = ()) -> DataCenter:
        return DataCenter(
            known_as, world.accounts_url(name), world.api_url(name), siblings, v3_urls=world.v3_urls(name)[1:]
        )

    siblings = tuple(data_center(name, f"sandbox-{name}") for name in others)
    return SandboxSite(
        data_center(world.sites.names[0], "sandbox", siblings),
        running.client_id,
        running.client_secret,
        running.redirect_uri,
        running=running,
    )


def shared_sandbox() -> SandboxSite:
    """The sandbox that ``zbt-notebook demo`` started (ZBT_SANDBOX tells where), else one for this whole process."""
    global _shared  # noqa: PLW0603  one a process, like the ports it holds
    with _lock:
        if _shared is None:
            given = os.environ.get("ZBT_SANDBOX")
            _shared = _elsewhere(json.loads(given)) if given else _for_practice(sandbox())
        return _shared


def _for_practice(site: SandboxSite) -> SandboxSite:
    site.world.set(device_interval=POLLED_EVERY)
    return site


def _elsewhere(site: dict[str, str]) -> SandboxSite:
    return SandboxSite(
        DataCenter("sandbox", site["accounts_url"], site["api_url"]),
        site["client_id"],
        site["client_secret"],
        site["redirect_uri"],
    )
