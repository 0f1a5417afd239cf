"""A real Jupyter kernel whose front end is the test: it runs cells, sees every message, presses what widgets show."""

import queue
import time
from dataclasses import dataclass, field

from jupyter_client.manager import KernelManager

from tests.leaks.canaries import leave_front_end

PATIENCE = 30.0  # seconds, for a busy machine; nothing here takes two


@dataclass
class Outcome:
    """What came of one cell."""

    status: str = ""  # "ok" or "error", empty while it runs
    stdout: str = ""
    stderr: str = ""
    results: list = field(default_factory=list)  # MIME bundles, of results and displays
    error: dict = field(default_factory=dict)  # ename, evalue, traceback
    prompts: list = field(default_factory=list)  # what was asked for on stdin

    @property
    def text(self):
        """The last result as plain text."""
        return self.results[-1].get("text/plain", "") if self.results else ""

    @property
    def traceback(self):
        return "\n".join(self.error.get("traceback", []))


class FrontEnd:
    """What a notebook's front end does, without a screen."""

    def __init__(self, folder, *, kernel_name="python3", cell_ids=True):
        self._manager = KernelManager(kernel_name=kernel_name)
        self._manager.start_kernel(cwd=str(folder))
        self._client = self._manager.blocking_client()
        self._client.start_channels()
        self.cell_ids = cell_ids  # JupyterLab and Notebook 7 send them, `jupyter console` and nbclient do not
        self._cells = {}
        self._answers = []
        self.messages = []  # (type, content) of all that the kernel said to its front ends, in order
        self.comms = {}  # comm id → the data it was opened with
        try:
            self._client.wait_for_ready(timeout=PATIENCE)
        except RuntimeError:
            self.stop()
            raise

    def stop(self):
        leave_front_end(self)
        self._client.stop_channels()
        self._manager.shutdown_kernel()  # asked, not killed: a kernel writes its coverage as it ends
        self._manager.cleanup_resources()
        self._client.context.term()

    def forget(self):
        """Let be what the kernel said so far."""
        self.messages.clear()
        self.comms.clear()

    # cells

    def run(self, code, *, answers=(), allow_stdin=None, timeout=PATIENCE):
        """Run a cell to its end; ``answers`` are typed where it asks for input."""
        self._answers = list(answers)
        message = self.start(code, allow_stdin=bool(answers) if allow_stdin is None else allow_stdin)
        return self.wait(message, timeout=timeout)

    def start(self, code, *, allow_stdin=False):
        """Send a cell and do not wait; several may be queued, as Run All does."""
        client = self._client
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": allow_stdin,
            "stop_on_error": True,
        }
        metadata = {"cellId": f"cell-{len(self._cells)}"} if self.cell_ids else {}
        message = client.session.msg("execute_request", content, metadata=metadata)
        client.shell_channel.send(message)
        name = message["header"]["msg_id"]
        self._cells[name] = Outcome()
        return name

    def wait(self, message, *, timeout=PATIENCE):
        """Wait until the cell has ended and all that it printed is here."""
        cell = self._cells[message]
        self.until(lambda: cell.status, timeout=timeout)
        return cell

    def cell(self, message):
        """What is known so far of a cell that was started."""
        return self._cells[message]

    def interrupt(self):
        self._manager.interrupt_kernel()

    # comms

    def comm(self, model_name, *, timeout=PATIENCE):
        """The id of the newest widget whose model or class has this name, once the kernel has opened it."""

        def found():
            return [
                name
                for name, data in self.comms.items()
                if model_name in (data.get("state", {}).get("_model_name"), data.get("state", {}).get("_anywidget_id"))
            ]

        self.until(found, timeout=timeout)
        return found()[-1]

    def state(self, comm):
        """The synced state of a widget, as a front end holds it."""
        return self.comms[comm].get("state", {})

    def send(self, comm, content, buffers=()):
        """What ``model.send(content)`` does in the browser."""
        self._comm_message(comm, {"method": "custom", "content": content}, buffers)

    def update(self, comm, **state):
        """What ``model.set`` and ``save_changes`` do."""
        self._comm_message(comm, {"method": "update", "state": state, "buffer_paths": []})

    def custom_messages(self, comm):
        """What the kernel sent to this widget's front end with ``self.send``."""
        return [
            content["data"]["content"]
            for kind, content in self.messages
            if kind == "comm_msg" and content["comm_id"] == comm and content["data"].get("method") == "custom"
        ]

    def _comm_message(self, comm, data, buffers=()):
        client = self._client
        message = client.session.msg("comm_msg", {"comm_id": comm, "data": data})
        client.session.send(client.shell_channel.socket, message, buffers=list(buffers))

    # the pump

    def until(self, condition, *, timeout=PATIENCE):
        """Take in messages until ``condition()`` holds; AssertionError with what was seen where it never does."""
        end = time.monotonic() + timeout
        while not condition():
            self._take_in(0.05)
            if time.monotonic() > end:
                last = [kind for kind, _content in self.messages[-12:]]
                cells = list(self._cells.values())
                raise AssertionError(f"waited {timeout:g} s in vain; last messages {last}; cells {cells}")

    def _take_in(self, seconds):
        client = self._client
        try:
            message = client.get_iopub_msg(timeout=seconds)
        except queue.Empty:
            if not self._manager.is_alive():
                raise AssertionError("the kernel died") from None
        else:
            self._read(message)
        if client.stdin_channel.msg_ready():
            self._answer(client.get_stdin_msg(timeout=1))

    def _read(self, message):
        kind, content = message["msg_type"], message["content"]
        self.messages.append((kind, content))
        cell = self._cells.get(message["parent_header"].get("msg_id"), Outcome())
        if kind == "stream":
            setattr(cell, content["name"], getattr(cell, content["name"]) + content["text"])
        elif kind in {"execute_result", "display_data"}:
            cell.results.append(content["data"])
        elif kind == "error":
            cell.error = content
        elif kind == "comm_open":
            self.comms[content["comm_id"]] = content["data"]
        elif kind == "comm_msg" and content["data"].get("method") == "update":
            self.comms.get(content["comm_id"], {}).setdefault("state", {}).update(content["data"]["state"])
        elif kind == "status" and content["execution_state"] == "idle":
            cell.status = "error" if cell.error else "ok"

    def _answer(self, message):
        prompt = message["content"]
        self._cells.get(message["parent_header"].get("msg_id"), Outcome()).prompts.append(prompt["prompt"])
        assert self._answers, f"the kernel asks {prompt['prompt']!r} and the test has no answer"
        self._client.input(self._answers.pop(0))
