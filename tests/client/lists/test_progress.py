"""How far it is, where somebody looks; nothing where it is over in a second."""

import io
import sys

import pytest

from zbt_notebook.client import progress
from zbt_notebook.client.progress import Reporter, Snapshot, duration, reporter
from zbt_notebook.notebook import environment, progress_bar

STATE = Snapshot("bugs", 1200, 6, 62, 12.0, 63.0, 40.0)


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0 s"), (75, "75 s"), (119, "119 s"), (720, "12 min"), (11100, "3 h 05 min")]
)
def test_durations_as_people_say_them(seconds, said):
    """Seconds, then minutes, then hours."""
    assert duration(seconds) == said


def test_a_state_reads_as_a_sentence():
    """Rows, pages, time left, and what it waits for."""
    assert str(STATE) == "1,200 bugs, 6 of 62 pages, about 63 s left, the rate limit frees a slot in 40 s"
    assert str(Snapshot("bugs", 1, 1, done=True, seconds=2)) == "1 bug, 1 page, 2 s"
    assert "2 projects refused" in str(Snapshot("bugs", refused=2))


class Stream(io.StringIO):
    def __init__(self, *, terminal):
        super().__init__()
        self.terminal = terminal

    def isatty(self):
        return self.terminal


def run(monkeypatch, *, terminal, takes):
    stream = Stream(terminal=terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    face = reporter(True)._face  # noqa: FBT003  as the user writes it
    now = [0.0]
    told = Reporter(face, lambda: now[0])
    for _ in range(10):
        now[0] += takes / 10
        told.tell(STATE)
    told.end(Snapshot("bugs", 2000, 10, 10, takes, done=True))
    return stream.getvalue()


def test_a_second_of_work_shows_nothing(monkeypatch):
    """In a terminal and in a log."""
    assert run(monkeypatch, terminal=True, takes=0.9) == ""
    assert run(monkeypatch, terminal=False, takes=0.9) == ""


def test_a_terminal_has_one_line_that_is_written_over(monkeypatch):
    """It ends with the result."""
    shown = run(monkeypatch, terminal=True, takes=10)
    assert shown.count("\n") == 1
    assert shown.count("\r") > 3
    assert shown.rstrip().endswith("2,000 bugs, 10 pages, 10 s")


def test_a_log_has_one_line_at_the_end(monkeypatch):
    """No carriage returns in files."""
    assert run(monkeypatch, terminal=False, takes=10) == "2,000 bugs, 10 pages, 10 s\n"


def test_a_notebook_has_one_output_that_is_updated(monkeypatch):
    """In text and HTML, escaped, by a display id."""
    calls = []

    class Handle:
        def update(self, bundle, raw):
            calls.append(("update", bundle, raw))

    def display(bundle, *, raw, display_id):
        calls.append(("display", bundle, raw and display_id))
        return Handle()

    monkeypatch.setattr("IPython.display.display", display)
    face = progress_bar.ProgressBar()
    face.draw(Snapshot("<bugs>", 1, 1, 4))
    face.end(Snapshot("<bugs>", 4, 4, 4, done=True))
    assert [call[0] for call in calls] == ["display", "update"]
    assert 'value="0.250"' in calls[0][1]["text/html"]
    assert "&lt;bugs&gt;" in calls[0][1]["text/html"]
    assert "<progress" not in calls[1][1]["text/html"]
    assert calls[1][1]["text/plain"].startswith("4 <bugs>, 4 pages")


def test_a_kernel_is_a_notebook_and_off_is_off(monkeypatch):
    """progress=False is silence; a function gets every state."""
    monkeypatch.setattr(environment, "kernel", object)
    assert isinstance(reporter(True)._face, progress_bar.ProgressBar)  # noqa: FBT003  as the user writes it
    assert isinstance(reporter(False)._face, progress._Nobody)  # noqa: FBT003  as the user writes it
    states: list = []
    told = reporter(states.append)
    told.tell(STATE)
    told.tell(STATE)
    assert states == [STATE, STATE]
