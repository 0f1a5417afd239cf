"""What ipykernel 7.0 to 7.3 do wrong by themselves, mended in the running kernel.

They send replies raw on the socket that a ZMQStream reads. Now and then such a send swallows the stream's wake-up, and
a request stays unread while the kernel is idle: the next cell of *Run All* never begins (ipykernel #1554). Version 7.4
sends through the stream (#1529). Here an older kernel is made to do the same.
"""

from typing import Any


def repair_lost_wakeups(kernel: Any) -> bool:
    """Send *kernel*'s replies through its stream; whether it needed that. Twice does no harm."""
    if not loses_wakeups(kernel):
        return False
    thread, stream = kernel.shell_channel_thread, kernel.shell_stream
    thread.manager._shell_socket = stream  # noqa: SLF001  there is no public way
    thread.io_loop.add_callback(_read_what_lies_there, stream)  # streams belong to their thread
    return True


def _read_what_lies_there(stream: Any) -> None:
    """Take the request that may lie unread already; before the kernel has started, a flush would throw it away."""
    if stream.receiving():
        stream.flush()


def loses_wakeups(kernel: Any) -> bool:
    """Whether *kernel* sends replies past the stream that reads its socket."""
    stream = getattr(kernel, "shell_stream", None)
    manager = getattr(getattr(kernel, "shell_channel_thread", None), "manager", None)
    socket = getattr(manager, "_shell_socket", None)
    return socket is not None and socket is getattr(stream, "socket", None)
