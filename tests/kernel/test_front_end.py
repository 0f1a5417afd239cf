"""The kernel harness itself: what the kernel tests stand on."""

WIDGET = """
import anywidget, asyncio, traitlets
class Bell(anywidget.AnyWidget):
    _esm = "export default { render() {} }"
    rung = traitlets.Int(0).tag(sync=True)
    def __init__(self):
        super().__init__()
        self.on_msg(self.hear)
    def hear(self, widget, content, buffers):
        self.rung += 1
        self.send({"kind": "heard", "said": content["say"]})
bell = Bell()
"""


def test_a_cell_has_an_outcome(kernel):
    """Output, result and error of a cell are those of that cell."""
    outcome = kernel.run("import sys; print('out'); print('err', file=sys.stderr); 6 * 7")
    assert (outcome.status, outcome.stdout, outcome.stderr, outcome.text) == ("ok", "out\n", "err\n", "42")
    failed = kernel.run("1 / 0")
    assert (failed.status, failed.error["ename"]) == ("error", "ZeroDivisionError")
    assert "division by zero" in failed.traceback


def test_a_message_reaches_a_widget_and_its_answer_comes_back(kernel):
    """The test can do what a browser's model.send does, and sees state and custom messages."""
    kernel.run(WIDGET)
    bell = kernel.comm("AnyModel")
    kernel.send(bell, {"say": "ding"})
    kernel.until(lambda: kernel.custom_messages(bell))
    assert kernel.custom_messages(bell) == [{"kind": "heard", "said": "ding"}]
    assert kernel.state(bell)["rung"] == 1


def test_cells_queue_behind_a_waiting_one(kernel):
    """Run All keeps its order: the second cell starts when the first has ended."""
    kernel.run("order = []; import asyncio")
    first = kernel.start("await asyncio.sleep(0.2); order.append('first')")
    second = kernel.start("order.append('second'); order")
    assert kernel.wait(second).text == "['first', 'second']"
    assert kernel.wait(first).status == "ok"


def test_questions_are_answered(kernel):
    """What a cell asks on stdin is answered by the test, where the front end has a stdin."""
    outcome = kernel.run("import getpass; getpass.getpass('Secret: ') + input('Name: ')", answers=["s", "n"])
    assert (outcome.text, outcome.prompts) == ("'sn'", ["Secret: ", "Name: "])
    assert kernel.run("input()").error["ename"] == "StdinNotImplementedError"


def test_a_running_cell_can_be_interrupted(kernel):
    """Stop ends a cell, and the kernel lives on."""
    sleeping = kernel.start("import time; print('asleep', flush=True); time.sleep(60)")
    kernel.until(lambda: kernel.cell(sleeping).stdout)
    kernel.interrupt()
    assert kernel.wait(sleeping).error["ename"] == "KeyboardInterrupt"
    assert kernel.run("1").text == "1"


def test_a_kernel_sees_its_environment_and_this_package(start_kernel):
    """Variables can be set for a kernel; the package under test is the checkout's."""
    kernel = start_kernel(ZBT_DATA_CENTER="eu")
    outcome = kernel.run("import os, zbt_notebook; os.environ['ZBT_DATA_CENTER'], zbt_notebook.__version__")
    assert outcome.text.startswith("('eu', ")
