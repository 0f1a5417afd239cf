import contextlib
import socket

import pytest

from zbt_notebook.simulator import Sandbox


@pytest.fixture
def sandbox():
    with Sandbox(projects=1, bugs=5) as running:
        yield running


@pytest.fixture
def talk():
    """Send raw bytes to an origin and read whatever comes until the other side closes."""
    with contextlib.ExitStack() as stack:

        def send(origin, text):
            host, port = origin.removeprefix("http://").split(":")
            peer = stack.enter_context(socket.create_connection((host, int(port)), timeout=5))
            peer.sendall(text.replace("\n", "\r\n").encode("latin-1"))
            answer = b""
            while chunk := peer.recv(65536):
                answer += chunk
            return answer.decode("latin-1")

        yield send
