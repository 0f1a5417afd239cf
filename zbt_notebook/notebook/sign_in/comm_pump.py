"""Waits inside a running cell while its widgets keep working, on every ipykernel since 6.29.

A cell that awaits keeps the messages of widgets waiting behind it, in three ways, told apart by features:

- since 7.4 the kernel itself lets them through;
- 7.0 to 7.3 hold ``_main_asyncio_lock`` while a cell runs: comm messages are let past it;
- 6.29 to 6.31 take one message after the other from ``msg_queue``: comm messages are taken out of their turn.

Only comm messages pass: the order of the cells stays as it is. Everything is undone when the wait ends. Neither
nest_asyncio nor jupyter_ui_poll can be used here: both wedge kernels of some of these versions (measured).
"""

import asyncio
import contextlib
import inspect
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextvars import ContextVar, copy_context
from typing import Any, TypeVar
from weakref import WeakSet

from zbt_notebook.client.errors import NotSignedIn
from zbt_notebook.client.quoting import counted
from zbt_notebook.notebook import environment

PATIENCE = 300.0  # seconds for a user to sign in
TICK = 0.1  # seconds: a single long await cannot be interrupted by Stop, on no ipykernel (measured)

_COMM_MESSAGES = {"comm_open", "comm_msg", "comm_close"}
_Found = TypeVar("_Found")

pause: ContextVar[Callable[[float], Awaitable[None]]] = ContextVar("pause", default=asyncio.sleep)
"""How a wait passes some seconds; where it stands in for the kernel's loop, it takes the messages of widgets itself."""


async def until(poll: Callable[[], _Found | None], seconds: float | None = None) -> _Found:
    """Wait until ``poll()`` gives something, while widgets keep working; it is called ten times a second.

    Raise NotSignedIn where *seconds* (300) pass without, and at once where a cell waits in vain.
    """
    if (found := poll()) is not None:
        return found
    environment.require_waiting()
    patience = PATIENCE if seconds is None else seconds
    wait = pause.get()
    async with comms_flowing() if wait is asyncio.sleep else contextlib.nullcontext():
        end = time.monotonic() + patience
        while (found := poll()) is None:
            if time.monotonic() >= end:
                raise NotSignedIn(
                    f"nobody signed in within {counted(round(patience), 'seconds')}",
                    hint="Finish on the card, then run the next cells; or wait longer: %zbt login --wait 900",
                )
            await wait(TICK)
        return found


_waiting = 0  # how many wait: two cards can be awaited at once, and all waits run in the kernel's one event loop
_opened = contextlib.AsyncExitStack()


@contextlib.asynccontextmanager
async def comms_flowing() -> AsyncIterator[None]:
    """While inside, the messages of widgets are handled although a cell runs."""
    global _waiting, _opened  # noqa: PLW0603  the kernel that is changed is one as well
    if _waiting == 0:
        _opened = contextlib.AsyncExitStack()
        await _opened.enter_async_context(_opening(environment.kernel()))
    _waiting += 1
    try:
        yield
    finally:
        _waiting -= 1
        if _waiting == 0:
            await _opened.aclose()


def _opening(kernel: Any) -> contextlib.AbstractAsyncContextManager[None]:
    if kernel is None or _is_native(kernel):
        return contextlib.nullcontext()
    if _has_main_lock(kernel):
        return _past_the_lock(kernel)
    return _past_the_queue(kernel) if _has_queue(kernel) else contextlib.nullcontext()


def _is_native(kernel: Any) -> bool:
    return "concurrent" in inspect.signature(kernel.dispatch_shell).parameters


def _has_main_lock(kernel: Any) -> bool:
    return hasattr(kernel, "_main_asyncio_lock")


def _has_queue(kernel: Any) -> bool:
    return hasattr(kernel, "msg_queue")


class _OpenDoor:
    """A lock that lets everyone through, and knows which tasks it let through."""

    def __init__(self) -> None:
        self.passed: WeakSet[asyncio.Task[Any]] = WeakSet()

    def locked(self) -> bool:
        return False

    async def __aenter__(self) -> None:
        if task := asyncio.current_task():
            self.passed.add(task)

    async def __aexit__(self, *_: object) -> None:
        if task := asyncio.current_task():
            self.passed.discard(task)


@contextlib.asynccontextmanager
async def _past_the_lock(kernel: Any) -> AsyncIterator[None]:
    """In 7.0 to 7.3 the lock moves from around all messages to around all but comm messages.

    A message that was queued before has asked for the lock itself, and holds it when it comes here: the wait may have
    outlived its cell. It is handled at once, for the lock cannot be taken twice.
    """
    lock, dispatch_shell = kernel._main_asyncio_lock, kernel.dispatch_shell  # noqa: SLF001  there is no public way
    door = _OpenDoor()

    async def dispatch(frames: Any, /, subshell_id: str | None = None) -> None:
        if subshell_id is not None or asyncio.current_task() not in door.passed:
            await dispatch_shell(frames, subshell_id=subshell_id)
        elif is_comm_message(kernel, frames):
            await asyncio.create_task(_handle(kernel, dispatch_shell(frames, subshell_id=None)), context=copy_context())
            _restate_parent(kernel)
        else:
            async with lock:
                await dispatch_shell(frames, subshell_id=None)

    kernel._main_asyncio_lock, kernel.dispatch_shell = door, dispatch  # noqa: SLF001  as above
    try:
        yield
    finally:
        kernel._main_asyncio_lock = lock  # noqa: SLF001  as above
        del kernel.dispatch_shell


@contextlib.asynccontextmanager
async def _past_the_queue(kernel: Any) -> AsyncIterator[None]:
    """In 6.29 to 6.31 a task looks through the queue for comm messages and leaves the rest in order."""
    pump = asyncio.ensure_future(_pump(kernel))
    try:
        yield
    finally:
        pump.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pump


async def _pump(kernel: Any) -> None:
    while True:
        for dispatch, arguments in _comm_messages_of(kernel):
            with within_the_cell(kernel):
                await dispatch(*arguments)
        await asyncio.sleep(TICK / 2)


def _comm_messages_of(kernel: Any) -> list[tuple[Callable[..., Any], tuple[Any, ...]]]:
    queue = kernel.msg_queue
    items = [queue.get_nowait() for _ in range(queue.qsize())]
    taken = []
    for item in items:
        _number, dispatch, arguments = item
        if arguments and is_comm_message(kernel, arguments[0]):
            taken.append((dispatch, arguments))
        else:
            queue.put_nowait(item)
    return taken


@contextlib.contextmanager
def within_the_cell(kernel: Any) -> Iterator[None]:
    """Handle a message inside a running cell: what is printed, and Stop, go on meaning the cell."""
    parent, ident = kernel.get_parent("shell"), kernel._parent_ident["shell"]  # noqa: SLF001  there is no public way
    try:
        with _stop_means_the_cell(kernel):
            yield
    finally:
        kernel.set_parent(ident, parent, channel="shell")


@contextlib.contextmanager
def _stop_means_the_cell(kernel: Any) -> Iterator[None]:
    on_interrupt = getattr(kernel, "saved_sigint_handler", None)
    try:
        yield
    finally:
        if on_interrupt is not None:
            kernel.saved_sigint_handler = on_interrupt


async def _handle(kernel: Any, handling: Awaitable[None]) -> None:
    with _stop_means_the_cell(kernel):
        await handling


def _restate_parent(kernel: Any) -> None:
    """What a thread of the running cell prints goes on being the cell's.

    The cell's own context has kept its parent, or has that of the cell which has begun meanwhile; what the kernel keeps
    beside contexts is that of the message handled last.
    """
    kernel.set_parent(kernel._parent_ident["shell"], kernel.get_parent("shell"), channel="shell")  # noqa: SLF001  as above


def is_comm_message(kernel: Any, frames: Any) -> bool:
    """Read the header alone: to deserialize a message twice is refused as a repeated signature."""
    try:
        _idents, parts = kernel.session.feed_identities(frames, copy=False)
        header = parts[1]
        kind = json.loads(bytes(getattr(header, "bytes", header)))["msg_type"]
    except (ValueError, LookupError, TypeError):
        return False
    return kind in _COMM_MESSAGES
