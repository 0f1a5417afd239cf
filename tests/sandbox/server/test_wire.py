"""Reading HTTP from bytes."""

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zbt_notebook.simulator.wire import BadMessageError, Message, read_message

NAMES = st.from_regex(r"[A-Za-z][A-Za-z-]{0,12}", fullmatch=True).map(lambda name: f"x-{name}".lower())
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)


def read(text, sock=None):
    return read_message(io.BufferedReader(io.BytesIO(text)), sock)


@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=100).map(lambda tail: b"POST / HTTP/1.1\r\n" + tail),
        st.binary(max_size=60).map(lambda tail: b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n" + tail),
    )
)
def test_any_bytes_are_a_message_or_refused(text):
    """Whatever comes is a message, the end, or a BadMessageError: nothing else is raised."""
    with contextlib.suppress(BadMessageError):
        message = read(text)
        assert message is None or isinstance(message, Message)


@given(st.dictionaries(NAMES, VALUES, max_size=5), st.binary(max_size=60), st.booleans())
def test_a_message_is_read_as_it_was_written(headers, body, chunked):
    """Headers and body survive, whether the body comes whole or in chunks."""
    lines = [f"{name}: {value}" for name, value in headers.items()]
    if chunked:
        lines.append("Transfer-Encoding: chunked")
        parts = [bytes([byte]) for byte in body]
        sent = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    else:
        lines.append(f"Content-Length: {len(body)}")
        sent = body
    message = read("\r\n".join(["PUT /a?b HTTP/1.1", *lines, "", ""]).encode() + sent)
    assert (message.method, message.target, message.body, message.keep_alive) == ("PUT", "/a?b", body, True)
    assert message.headers.items() >= headers.items()


@pytest.mark.parametrize(
    "text",
    [
        b"GET / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1_0\r\n",
        b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost",
    ],
)
def test_lengths_that_are_none_are_refused(text):
    """Lengths no machine could mean, two lengths at once, and bodies that end early are errors of the sender."""
    with pytest.raises(BadMessageError):
        read(text)


def test_the_end_and_empty_lines_before_a_request():
    """No bytes are the end; empty lines before a request are skipped (RFC 9112, section 2.2)."""
    assert read(b"") is None
    assert read(b"\r\n\r\nGET / HTTP/1.1\r\n\r\n").target == "/"
