"""A ``--save`` that is stopped at any of its lines, or whose disk is full: the old file or the new one."""

from inspect import getfile
from pathlib import Path

import pytest

from tests.stopped import full_disk, lines_of, stopped_at
from zbt_notebook.client import atomic_write
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.frames import spreadsheet, to_frame
from zbt_notebook.notebook.magic.commands import save as module
from zbt_notebook.notebook.magic.commands.save import save

OURS = tuple(Path(getfile(part)) for part in (module, atomic_write, spreadsheet))
OLD = to_frame([{"id": "404170000003027001", "title": "old"}])
NEW = to_frame([{"id": "404170000003027003", "title": "new"}, {"id": "404170000003027005", "title": "newer"}])
FORMATS = [("csv", False), ("csv", True), ("json", False), ("jsonl", True), ("parquet", False), ("xlsx", True)]


def rows(path):
    """What a reader finds; an error where it is half a file."""
    pandas = pytest.importorskip("pandas")
    if path.suffix == ".jsonl":
        return len(pandas.read_json(path, lines=True))
    read = {".csv": pandas.read_csv, ".json": pandas.read_json, ".parquet": pandas.read_parquet}
    return len(read.get(path.suffix, pandas.read_excel)(path))


@pytest.mark.parametrize(("suffix", "append"), FORMATS)
def test_stop_at_any_line_of_a_save_is_the_old_file_or_the_new(tmp_path, suffix, append):
    """Never half, and nothing is left beside it."""
    path = save(OLD, str(tmp_path / f"rows.{suffix}"))
    old, whole = path.read_bytes(), 3 if append else 2
    outcomes = set()
    for place in lines_of(lambda: save(NEW, str(path), append=append), OURS):
        path.write_bytes(old)
        assert stopped_at(place, lambda: save(NEW, str(path), append=append), OURS), place
        assert [found.name for found in tmp_path.iterdir()] == [path.name], place
        same = path.read_bytes() == old
        assert rows(path) == (1 if same else whole)
        outcomes.add("old" if same else "new")
    assert outcomes == {"old", "new"}


@pytest.mark.parametrize("size", [0, 1, 40])
@pytest.mark.parametrize(("suffix", "append"), FORMATS)
def test_a_full_disk_leaves_the_old_file(tmp_path, suffix, append, size):
    """It is said in two lines."""
    path = save(OLD, str(tmp_path / f"rows.{suffix}"))
    old = path.read_bytes()
    with full_disk(size), pytest.raises(UsageError, match="cannot be written"):
        save(NEW, str(path), append=append)
    assert path.read_bytes() == old
    assert [found.name for found in tmp_path.iterdir()] == [path.name]
