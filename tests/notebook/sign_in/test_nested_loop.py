"""Waiting without `await`: in programs with and without a running loop. `tests/kernel` waits so in real kernels."""

import asyncio
import subprocess
import sys

import pytest

from zbt_notebook.client.errors import UsageError
from zbt_notebook.notebook import environment
from zbt_notebook.notebook.sign_in import sync_wait


async def answer():
    await asyncio.sleep(0)
    return 42


def test_without_a_loop_one_is_run():
    """A script has no loop."""
    assert sync_wait.run(answer()) == 42


NESTED = """
import asyncio
from zbt_notebook.notebook.sign_in import sync_wait

async def answer():
    await asyncio.sleep(0)
    return 42

async def program():
    return sync_wait.run(answer())

print(asyncio.run(program()))
"""


def test_inside_a_running_loop_it_nests():
    """`python -m asyncio`, IPython in a terminal and web applications have one that runs."""
    # In a process of its own: what nest_asyncio2 changes in asyncio stays changed.
    done = subprocess.run([sys.executable, "-c", NESTED], check=True, capture_output=True, text=True)
    assert done.stdout == "42\n"


def test_in_a_kernel_that_nobody_knows_it_says_use_await(monkeypatch):
    """A nested loop would wedge it; nothing is applied, and the coroutine is closed."""
    monkeypatch.setattr(environment, "kernel", object)
    with pytest.raises(UsageError, match="cannot wait like this") as caught:
        sync_wait.run(answer())
    assert caught.value.hint == "Write: await card"
