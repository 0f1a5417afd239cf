"""Ctrl-C at every line of what is tried, and a disk that takes no more than so many bytes."""

import contextlib
import resource
import sys


def lines_of(act, folders):
    """Each line that *act* comes to in the files of these folders (or files), in order, once."""
    seen: dict = {}
    _traced(act, folders, seen.setdefault)
    return list(seen)


def stopped_at(place, act, folders):
    """Run *act* and raise KeyboardInterrupt where it first comes to that line; whether it was."""

    def stop(here):
        if here == place:
            sys.settrace(None)
            raise KeyboardInterrupt

    try:
        _traced(act, folders, stop)
    except KeyboardInterrupt:
        return True
    return False


def _traced(act, folders, at_line):
    folders = tuple(map(str, folders))

    def trace(frame, event, _argument):
        if not frame.f_code.co_filename.startswith(folders):
            return None
        if event == "line":
            at_line((frame.f_code.co_filename, frame.f_lineno))
        return trace

    usual = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    finally:
        sys.settrace(usual)


@contextlib.contextmanager
def full_disk(after):
    """No file of this process grows beyond *after* bytes: writing fails in the system, for C++ as well."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (after, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
