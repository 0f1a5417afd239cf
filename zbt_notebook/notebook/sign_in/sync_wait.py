"""Waits for a coroutine where no ``await`` can stand, though an event loop may run already.

In a Jupyter kernel nothing may nest: a nested loop wedges ipykernel 7.1 to 7.4 (measured). There the coroutine is
driven by hand, and in each of its pauses the messages of widgets are taken from the kernel's stream, which stands still
while a cell runs. Everything else that comes meanwhile waits for the end of the cell, in its order, as ever.

Elsewhere the loop is nested: the one use of nest_asyncio2, which is applied to that loop when it is needed.
"""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

from zbt_notebook.client.errors import UsageError
from zbt_notebook.notebook import environment
from zbt_notebook.notebook.sign_in import comm_pump

_Result = TypeVar("_Result")


def is_possible() -> bool:
    """Whether ``run`` can wait here: everywhere but in a subshell, and in a kernel whose make is not known."""
    kernel = environment.kernel()
    return kernel is None or (_stream(kernel) is not None and threading.current_thread() is threading.main_thread())


def run(coroutine: Coroutine[Any, Any, _Result]) -> _Result:
    """Run *coroutine* to its end and give its result; raise UsageError where that is not possible."""
    if not is_possible():
        coroutine.close()
        raise UsageError("a cell cannot wait like this for a card", hint="Write: await card")
    if (kernel := environment.kernel()) is not None:
        with _comms_by_hand(kernel):
            return _driven(coroutine)
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    import nest_asyncio2

    nest_asyncio2.apply(loop)
    result: _Result = loop.run_until_complete(coroutine)
    return result


def _stream(kernel: Any) -> Any:
    """What gives the main thread its messages: since 7.0 another thread reads the socket, and passes them on."""
    manager = getattr(getattr(kernel, "shell_channel_thread", None), "manager", None)
    pair = getattr(manager, "_shell_channel_to_main", None)
    return getattr(pair, "to_stream", None) if manager else getattr(kernel, "shell_stream", None)


def _driven(coroutine: Coroutine[Any, Any, _Result]) -> _Result:
    """What comes of a coroutine that never gives way to the loop."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        result: _Result = ended.value
        return result
    coroutine.close()
    raise UsageError("a cell cannot wait like this", hint="Write await before it.")


def _handle(kernel: Any, frames: Any) -> None:
    """Handle a message of a widget; the kernel's own ``dispatch_shell`` would take a Stop meanwhile for its own."""
    idents, parts = kernel.session.feed_identities(frames, copy=False)
    message = kernel.session.deserialize(parts, content=True, copy=False)
    kernel.set_parent(idents, message, channel="shell")
    kernel._publish_status("busy", "shell")  # noqa: SLF001  there is no public way
    try:
        kernel.shell_handlers[message["header"]["msg_type"]](kernel.shell_stream, idents, message)
    finally:
        kernel._publish_status("idle", "shell")  # noqa: SLF001  as above


@contextlib.contextmanager
def _comms_by_hand(kernel: Any) -> Iterator[None]:
    import zmq

    stream = _stream(kernel)
    pass_on, others = stream._recv_callback, []  # noqa: SLF001  there is no public way

    def take(frames: Any) -> None:
        if comm_pump.is_comm_message(kernel, frames):
            with comm_pump.within_the_cell(kernel):
                _handle(kernel, frames)
        else:
            others.append(frames)

    async def pause(seconds: float) -> None:
        stream.socket.poll(seconds * 1000, zmq.POLLIN)
        stream.flush(zmq.POLLIN)

    stream.on_recv(take, copy=False)
    asked = comm_pump.pause.set(pause)
    try:
        yield
    finally:
        comm_pump.pause.reset(asked)
        stream.on_recv(pass_on, copy=False)
        for frames in others:
            stream._run_callback(pass_on, frames)  # noqa: SLF001  as above
