"""Kernels for the tests of this folder."""

import pytest

from tests.kernel.front_end import FrontEnd


@pytest.fixture
def start_kernel(tmp_path, monkeypatch):
    """``start_kernel(cell_ids=True, kernel_name="python3", **environment)``: a fresh kernel with these variables."""
    running = []

    def start(*, cell_ids=True, kernel_name="python3", **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        running.append(FrontEnd(tmp_path, cell_ids=cell_ids, kernel_name=kernel_name))
        return running[-1]

    yield start
    for front_end in running:
        front_end.stop()


@pytest.fixture
def kernel(start_kernel):
    """A fresh kernel, its front end in the test's hands."""
    return start_kernel()
