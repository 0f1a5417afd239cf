"""A port for a listener that comes later, which nobody takes in the meantime."""

import contextlib
import secrets
import socket


def free_port():
    """One that is free now, below those that systems give to outgoing connections: a browser opens dozens of them."""
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
