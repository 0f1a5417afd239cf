"""A world with a server around it, ready to be used by any client."""

import atexit
from types import TracebackType
from typing import Any, Self

from zbt_notebook.simulator.clock import Clock
from zbt_notebook.simulator.faults import Faults
from zbt_notebook.simulator.server import Server
from zbt_notebook.simulator.sites import SERVED
from zbt_notebook.simulator.world import World


class Sandbox:
    """A simulated Zoho on 127.0.0.1, running until :meth:`stop` or the end of the process.

    ``Sandbox(bugs=50, data_centers=("us", "eu"))`` makes its own world; ``Sandbox(world)`` serves a given one.
    """

    def __init__(self, world: World | None = None, **world_options: Any) -> None:
        if world is not None and world_options:
            raise ValueError("give a world or the options of a new one, not both")
        self.world = World(**world_options) if world is None else world
        names = self.world.sites.names
        self._server = Server(self.world.handle, [f"{name} {role}" for name in names for role in SERVED])
        for name in names:
            self.world.move(name, {role: self._server.origins[f"{name} {role}"] for role in SERVED})
        self._server.start()
        atexit.register(self.stop)

    def __repr__(self) -> str:
        return f"Sandbox(accounts_url={self.accounts_url!r}, api_url={self.api_url!r}, client_id={self.client_id!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def accounts_url(self) -> str:
        """Where the accounts of the first data centre answer; ``world.accounts_url("eu")`` for another."""
        return self.world.accounts_url()

    @property
    def api_url(self) -> str:
        """Where the BugTracker of the first data centre answers; ``world.api_url("eu")`` for another."""
        return self.world.api_url()

    @property
    def client_id(self) -> str:
        """The demo client's ID."""
        return self.world.client.client_id

    @property
    def client_secret(self) -> str:
        """The demo client's secret, worth nothing outside of this sandbox."""
        return self.world.client.client_secret

    @property
    def redirect_uri(self) -> str:
        """The demo client's redirect URI: a page that shows the code for copying."""
        return self.world.client.redirect_uri

    @property
    def clock(self) -> Clock:
        """The sandbox's time; ``clock.advance(3600)`` lets an hour pass."""
        return self.world.clock

    @property
    def faults(self) -> Faults:
        """What shall go wrong; ``faults.add(kind="reset", path="/restapi/")``."""
        return self.world.faults

    def stop(self) -> None:
        """Stop serving and close every socket; calling it again does nothing."""
        atexit.unregister(self.stop)
        self._server.stop()
