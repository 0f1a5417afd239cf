"""Letting the messages of widgets through to a cell that awaits, on kernels of each kind.

The kernels are the smallest that have what each version is known by; `tests/kernel` waits in the real one.
"""

import asyncio
from contextvars import ContextVar
from functools import partial
from types import SimpleNamespace

import pytest
import zmq
from jupyter_client.session import Session

from zbt_notebook.client.errors import NotSignedIn
from zbt_notebook.notebook import environment
from zbt_notebook.notebook.sign_in import comm_pump

SESSION = Session(key=b"")


def message(kind):
    """A message as it lies in a kernel's queue: frames, its routing prefix first."""
    return [zmq.Message(part) for part in [b"client", *SESSION.serialize(SESSION.msg(kind))]]


class Kernel:
    """What every kernel has; it notes what it handles."""

    def __init__(self):
        self.session = SESSION
        self.handled = []
        self.saved_sigint_handler = "the cell's"
        self._parent_ident = {"shell": [b"client"]}
        self._parent = "the cell"

    def get_parent(self, _channel):
        return self._parent

    def set_parent(self, _ident, parent, channel):
        assert channel == "shell"
        self._parent = parent

    def handle(self, frames):
        _idents, parts = SESSION.feed_identities(frames, copy=False)
        kind = SESSION.deserialize(parts, copy=False)["msg_type"]
        self.set_parent([b"client"], kind, "shell")
        self.saved_sigint_handler = kind
        self.handled.append(kind)


class Kernel6(Kernel):
    """One message after the other from a queue, each waiting for the one before."""

    def __init__(self):
        super().__init__()
        self.msg_queue: asyncio.Queue = asyncio.Queue()

    async def dispatch_shell(self, frames):
        self.handle(frames)

    def arrive(self, kind):
        self.msg_queue.put_nowait((0, self.dispatch_shell, (message(kind),)))

    async def go_on(self):
        """What the kernel does when the cell has ended."""
        while self.msg_queue.qsize():
            _number, dispatch, arguments = self.msg_queue.get_nowait()
            await dispatch(*arguments)


class Kernel70(Kernel):
    """A lock around every message; a cell holds it. Parents are those of contexts; threads see the one set last."""

    def __init__(self):
        super().__init__()
        self.lock = self._main_asyncio_lock = asyncio.Lock()
        self.tasks = []
        self._parents = ContextVar("parent", default="the cell")

    def get_parent(self, _channel):
        return self._parents.get()

    def set_parent(self, ident, parent, channel):
        super().set_parent(ident, parent, channel)
        self._parents.set(parent)

    @property
    def parent_of_threads(self):
        return self._parent

    async def dispatch_shell(self, frames, /, subshell_id=None):  # noqa: ARG002  ipykernel's signature
        self.handle(frames)

    def arrive(self, kind):
        async def take():
            async with self._main_asyncio_lock:
                await self.dispatch_shell(message(kind), subshell_id=None)

        self.tasks.append(asyncio.ensure_future(take()))

    async def go_on(self):
        self.lock.release()
        await asyncio.gather(*self.tasks)


class Kernel74(Kernel):
    """Lets comm messages through by itself."""

    async def dispatch_shell(self, frames, /, subshell_id=None, *, concurrent=False):  # noqa: ARG002  as above
        self.handle(frames)


@pytest.fixture
def use(monkeypatch):
    """``use(kernel)``: the kernel of this process."""
    return lambda kernel: monkeypatch.setattr(environment, "kernel", lambda: kernel)


def test_6_takes_comm_messages_out_of_their_turn(use):
    """Widgets work while the cell waits; the next cells keep their order; nothing is left behind."""

    async def cell():
        kernel = Kernel6()
        use(kernel)
        for kind in ("execute_request", "comm_msg", "kernel_info_request", "comm_close"):
            kernel.arrive(kind)
        await comm_pump.until(lambda: "comm_close" in kernel.handled or None, 5)
        assert kernel.handled == ["comm_msg", "comm_close"]
        assert (kernel.get_parent("shell"), kernel.saved_sigint_handler) == ("the cell", "the cell's")
        await kernel.go_on()
        assert kernel.handled[2:] == ["execute_request", "kernel_info_request"]
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(cell())


def test_7_0_lets_comm_messages_past_the_lock(use):
    """What is no comm message waits for the lock as before; the lock is back when the wait ends."""

    async def cell():
        kernel = Kernel70()
        use(kernel)
        await kernel.lock.acquire()
        async with comm_pump.comms_flowing():
            for kind in ("execute_request", "comm_msg"):
                kernel.arrive(kind)
            await comm_pump.until(lambda: "comm_msg" in kernel.handled or None, 5)
            assert kernel.handled == ["comm_msg"]
            assert (kernel.get_parent("shell"), kernel.saved_sigint_handler) == ("the cell", "the cell's")
            assert kernel.parent_of_threads == "the cell"
            await kernel.dispatch_shell(message("execute_request"), subshell_id="its own")
            assert kernel.handled == ["comm_msg", "execute_request"]
        assert kernel._main_asyncio_lock is kernel.lock
        assert "dispatch_shell" not in vars(kernel)
        await kernel.go_on()
        assert kernel.handled == ["comm_msg", "execute_request", "execute_request"]

    asyncio.run(cell())


def test_7_0_handles_what_asked_for_the_lock_before_the_wait(use):
    """A cell queued before holds the lock when the wait has outlived its own cell: it is not asked for again."""

    async def cell():
        kernel = Kernel70()
        use(kernel)
        await kernel.lock.acquire()
        kernel.arrive("execute_request")
        await asyncio.sleep(0)  # it stands before the lock now
        async with comm_pump.comms_flowing():
            kernel.arrive("comm_msg")
            kernel.arrive("kernel_info_request")
            async with asyncio.timeout(5):
                await kernel.go_on()
            assert kernel.handled == ["execute_request", "comm_msg", "kernel_info_request"]

    asyncio.run(cell())


@pytest.mark.parametrize("kernel", [None, Kernel74(), SimpleNamespace(dispatch_shell=lambda: None)])
def test_elsewhere_nothing_is_changed(use, kernel):
    """No kernel, one that needs no help, one that nobody knows: the wait itself works."""

    async def cell():
        use(kernel)
        before = dict(vars(kernel)) if kernel else {}
        assert await comm_pump.until(lambda: 42) == 42
        assert (dict(vars(kernel)) if kernel else {}) == before

    asyncio.run(cell())


@pytest.mark.parametrize("make", [Kernel6, Kernel70])
def test_two_waits_undo_once(use, make):
    """Waits that overlap share the opening, whichever ends first."""

    async def cell():
        kernel = make()
        use(kernel)
        gates: list[dict[str, bool]] = [{}, {}]
        waits = [asyncio.ensure_future(comm_pump.until(partial(gate.get, "open"))) for gate in gates]
        for gate, wait in zip(gates, waits, strict=True):
            await asyncio.sleep(0)
            gate["open"] = True
            await wait
        assert "dispatch_shell" not in vars(kernel)
        assert getattr(kernel, "_main_asyncio_lock", None) is getattr(kernel, "lock", None)
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(cell())


def test_a_cancelled_wait_undoes_as_well(use):
    """What Stop does to the cell."""

    async def cell():
        kernel = Kernel6()
        use(kernel)
        wait: asyncio.Future = asyncio.ensure_future(comm_pump.until(lambda: None))
        await asyncio.sleep(0)
        wait.cancel()
        with pytest.raises(asyncio.CancelledError):
            await wait
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(cell())


def test_patience_has_an_end(use):
    """Nobody comes: NotSignedIn, with what to do."""

    async def cell():
        use(None)
        await comm_pump.until(lambda: None, 0)

    with pytest.raises(NotSignedIn, match="within 0 seconds"):
        asyncio.run(cell())


@pytest.mark.parametrize("frames", [[], [b"x"], [b"<IDS|MSG>", b"", b"not json"], [b"<IDS|MSG>", b"", b"[]"]])
def test_what_is_no_message_is_left_to_the_kernel(frames):
    """Frames of another make are not ours to judge."""
    assert not comm_pump.is_comm_message(Kernel(), [zmq.Message(part) for part in frames])
