"""A sandbox that remembers every secret it gave or was given: what a search for leaks looks for."""

import re
from secrets import randbits
from urllib.parse import unquote

from zbt_notebook.simulator import Sandbox, World

_TOKEN = re.compile(rb"1000\.[0-9a-f]{32}\.[0-9a-f]{32}")  # the shape of every code and token of the sandbox


class WatchedWorld(World):
    """A world that keeps whatever looks like a code or token in its requests and answers."""

    def __init__(self, **options):
        self._seen = {}
        super().__init__(**options)

    def handle(self, request):
        self._watch(unquote(request.url).encode(), "code in an address")
        self._watch(unquote(request.body.decode("latin-1")).encode("latin-1"), "code or token in a request")
        response = super().handle(request)
        for name, value in response.headers:
            self._watch(unquote(value).encode(), f"code in {name}")
        self._watch(response.body, f"in the answer to {request.path}")
        return response

    def _watch(self, text, where):
        for found in _TOKEN.findall(text):
            self._seen.setdefault(found.decode(), f"{len(self._seen)}: {where}")

    @property
    def secrets(self):
        """Every secret by a name that tells where it was seen first."""
        clients = {f"secret of {client.name}": client.client_secret for client in self.accounts.state.clients.values()}
        return clients | {where: token for token, where in self._seen.items()}


def watched_sandbox(**options):
    """A running sandbox whose ``world.secrets`` are all its secrets, of which no other test has any.

    It may be asked about a short code every second.
    """
    world = WatchedWorld(seed=randbits(32), **options)
    world.set(device_interval=1, device_units="seconds")
    return Sandbox(world)
