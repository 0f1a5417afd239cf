"""Files on this machine that may come next on a ``%zbt`` line."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

_MANY = 1000  # entries of a folder that are looked at: completion must not wait for a huge one


def files(name: str, begun: str, suffixes: tuple[str, ...] = (), *, is_quoted: bool) -> Iterator[tuple[str, str]]:
    """Give the files and folders that go on from what was begun after ``name@``, or after an option, and their kind."""
    head, slash, last = begun.rpartition("/")
    write = str if is_quoted else escaped
    try:
        entries = sorted(entry.name for entry in islice(Path(head + slash).expanduser().iterdir(), _MANY))
    except (OSError, ValueError, RuntimeError):  # no folder, a NUL in it, nobody's home
        return
    for entry in entries:
        if not entry.startswith(last) or (entry.startswith(".") and not last):
            continue
        path = write(name + head + slash + entry)
        if Path(head + slash, entry).expanduser().is_dir():
            yield f"{path}/", "folder"
        elif not suffixes or entry.lower().endswith(suffixes):
            yield path, "file"


def escaped(text: str) -> str:
    """Write a text as a word without quotes around it."""
    return "".join(f"\\{letter}" if letter in " \\'\"" else letter for letter in text)
