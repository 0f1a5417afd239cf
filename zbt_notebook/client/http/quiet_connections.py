"""Connections that print nothing of what they send, whatever is set to watch requests."""

from functools import cache
from http.client import HTTPConnection


class _Quiet:
    """``http.client.HTTPConnection.debuglevel = 1`` makes http.client print every header and body.

    Many a snippet sets it, for every connection of the process: the token, the code and the secret would stand in a
    cell's output. An attribute that is found first hides it, and costs nothing.
    """

    debuglevel = 0


@cache
def quiet(kind: type[HTTPConnection]) -> type[HTTPConnection]:
    """The same kind of connection, be it direct, by TLS or through a proxy, and quiet."""
    return kind if issubclass(kind, _Quiet) else type(f"Quiet{kind.__name__}", (_Quiet, kind), {})
