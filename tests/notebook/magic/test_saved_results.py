"""``--save``: results in files, whole or not at all."""

import json
import os
import stat
from typing import Any

import pandas as pd
import pytest

from zbt_notebook import UsageError
from zbt_notebook.client.atomic_write import write_atomically
from zbt_notebook.client.frames import to_frame
from zbt_notebook.notebook.magic.commands.save import save

BUGS = "/portal/{portal}/projects/{project}/bugs/"
PROJECTS = "/portal/{portal}/projects/"


@pytest.mark.parametrize("suffix", ["csv", "json", "jsonl", "parquet"])
@pytest.mark.usefixtures("using")
def test_results_are_saved(suffix, zbt, tmp_path, capsys):
    """Each format is read back with the same rows."""
    file = tmp_path / f"bugs list.{suffix}"
    zbt(f"{BUGS} --limit 5 --save '{file}'")
    readers: dict[str, Any] = {
        "csv": pd.read_csv,
        "json": pd.read_json,
        "jsonl": lambda path: pd.read_json(path, lines=True),
        "parquet": pd.read_parquet,
    }
    assert len(readers[suffix](file)) == 5
    assert "saved 5 rows" in capsys.readouterr().out
    assert [entry.name for entry in tmp_path.iterdir()] == [file.name]


@pytest.mark.usefixtures("using")
def test_a_failed_save_leaves_the_old_file(zbt, tmp_path):
    """Half a file is never there: what cannot be written changes nothing."""
    file = tmp_path / "x.csv"
    file.write_text("old")
    with pytest.raises(UsageError):
        zbt(f"{BUGS} --limit 2 -q 'length(@)' --save '{file}'")
    assert file.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("place", "message"),
    [("nowhere/x.csv", "there is no folder"), ("folder.csv", "is a folder"), ("closed/x.csv", "may not write")],
)
@pytest.mark.usefixtures("using")
def test_a_place_where_nothing_can_be_saved_is_told_before_anything_is_sent(place, message, zbt, site, tmp_path):
    """Not after a long pull, and not after a write."""
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "closed").mkdir()
    before = site.world.log.api_requests
    with pytest.MonkeyPatch.context() as patch:  # root may write anywhere
        patch.setattr(os, "access", lambda path, _mode: path.name != "closed")
        for line in (f"{BUGS} --all", f"POST {BUGS} title=Unsaved --yes"):
            with pytest.raises(UsageError, match=message):
                zbt(f"{line} --save '{tmp_path}/{place}'")
    assert site.world.log.api_requests == before


@pytest.mark.usefixtures("using")
def test_what_is_only_shown_is_not_saved(zbt, tmp_path):
    """A line with --save and --dry-run at its end shows the request; the file stays what it was."""
    assert str(zbt(f"{BUGS} --save {tmp_path}/x.json --dry-run")).startswith("GET ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("using")
def test_what_could_not_be_saved_is_in_its_variable(zbt, shell, tmp_path):
    """A result that its file cannot hold is not fetched for nothing, where --out names it."""
    with pytest.raises(UsageError, match="hold tables"):
        zbt(f"{BUGS} --limit 2 -q 'length(@)' -o kept --save '{tmp_path}/x.csv'")
    assert shell.user_ns["kept"] == 2


@pytest.mark.usefixtures("using")
def test_things_and_nested_lists_are_saved(zbt, tmp_path, shell):
    """One thing is a row of a table; lists within cells are JSON in parquet."""
    project = PROJECTS + "{project}/"
    zbt(f"{project} --save {tmp_path}/one.csv")
    assert len(pd.read_csv(tmp_path / "one.csv")) == 1
    zbt(f"{project} --save {tmp_path}/one.json")
    assert json.loads((tmp_path / "one.json").read_text())["name"] == "Harbor Web"
    zbt(f"{PROJECTS} -q '[].{{id: id_string, mixed: [name, `1`]}}' --save {tmp_path}/mixed.parquet -o mixed")
    saved = pd.read_parquet(tmp_path / "mixed.parquet")
    assert len(saved) == len(shell.user_ns["mixed"])


def _fifo(path):
    os.mkfifo(path)


def _link(path):
    (path.parent / "target.csv").write_text("old")
    path.symlink_to(path.parent / "target.csv")


def _dangling(path):
    path.symlink_to(path.parent / "nowhere.csv")


@pytest.mark.parametrize(
    "case",
    [
        (_fifo, "x.csv", "is a pipe or a device"),
        (_link, "x.csv", "is a link"),
        (_dangling, "x.csv", "is a link"),
        (lambda _: None, "x" * 300 + ".csv", "is no place for a file"),
        (lambda path: path.parent.write_text(""), "file/x.csv", "is no place for a file"),
    ],
)
def test_what_is_no_plain_file_is_not_written_over(case, zbt, using, tmp_path):
    """A pipe stays a pipe, a link's target stays as it is, and nothing is fetched for it."""
    make, name, message = case
    place = tmp_path / name
    make(place)
    entries = sorted(tmp_path.iterdir())
    before = using.status().windows
    with pytest.raises(UsageError, match=message) as refusal:
        zbt(f"{BUGS} --limit 1 --save '{place}'")
    assert len(refusal.value._render_traceback_()) == 2
    assert using.status().windows == before
    assert sorted(tmp_path.iterdir()) == entries
    if make is _fifo:
        assert stat.S_ISFIFO(place.stat().st_mode)
    if make is _link:
        assert place.read_text() == "old"


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "xlsx"])
@pytest.mark.usefixtures("using")
def test_rows_are_not_appended_to_a_file_of_something_else(suffix, zbt, tmp_path):
    """It stays as it is, and the error is ours."""
    file = tmp_path / f"x.{suffix}"
    file.write_bytes(b"\xff\xfe\x00\x9d no such file")
    with pytest.raises(UsageError, match=r"could be (appended|added)") as refusal:
        zbt(f"{BUGS} --limit 1 --save {file} --append")
    assert len(refusal.value._render_traceback_()) == 2
    assert file.read_bytes() == b"\xff\xfe\x00\x9d no such file"
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.usefixtures("using")
def test_rows_are_appended_below_a_cell_longer_than_csv_reads(zbt, tmp_path):
    """Python's reader ends at 131,072 characters: of a file with the same columns only the first line is read."""
    file = tmp_path / "x.csv"
    zbt(f"{BUGS} --limit 1 --columns title --save {file}")
    first, long = file.read_text(), "x" * 200_000 + "\n"
    file.write_text(first + long)
    zbt(f"{BUGS} --limit 1 --columns title --save {file} --append")
    assert file.read_text() == first + long + first.removeprefix("title\n")


@pytest.mark.usefixtures("using")
def test_names_are_filled_into_the_file(zbt, shell, tmp_path, monkeypatch):
    """A loop saves a file a turn; what is no such file then is refused before anything is sent."""
    monkeypatch.chdir(tmp_path)
    shell.user_ns |= {"week": 7, "place": tmp_path / "whole.jsonl", "text": "x.txt"}
    zbt(f"{BUGS} --limit 1 --save 'bugs {{week}}.csv'")
    zbt(f"{BUGS} --limit 1 --save {{place}}")
    zbt(f"{BUGS} --limit 1 --save {{{{week}}}}.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bugs 7.csv", "whole.jsonl", "{week}.json"]
    with pytest.raises(UsageError, match="ends in"):
        zbt(f"{BUGS} --limit 1 --save {{text}}")
    with pytest.raises(UsageError, match="nothing is called 'weak'"):
        zbt(f"{BUGS} --limit 1 --save {{weak}}.csv")


@pytest.mark.parametrize(
    "name",
    [
        "__builtins__",
        "__name__",
        "_",
        "___",
        "_oh",
        "_ih",
        "_i",
        "_i3",
        "_7",
        "In",
        "\uff29n",
        "Out",
        "get_ipython",
        "exit",
    ],
)
def test_a_result_does_not_take_the_place_of_what_the_kernel_needs(name, zbt):
    """Names that Python and IPython keep for themselves are refused as they are read."""
    with pytest.raises(UsageError, match="a name of your own"):
        zbt(f"/portals/ -o {name}")


def test_a_write_that_is_interrupted_leaves_the_old_file(tmp_path):
    """Ctrl-C at any point of it: old or new, and nothing beside it."""
    file = tmp_path / "x.csv"
    file.write_text("old")
    file.chmod(0o640)

    def half(beside):
        beside.write_text("ne")
        raise KeyboardInterrupt

    def whole(beside):
        beside.write_text("new")

    with pytest.raises(KeyboardInterrupt):
        write_atomically(file, half)
    assert file.read_text() == "old"
    write_atomically(file, whole)
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("new", 0o640)
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]


@pytest.mark.parametrize("suffix", ["parquet", "csv", "json", "jsonl"])
@pytest.mark.parametrize("value", ["half \ud83d of it", {}, [{}], {"a": {}}])
def test_any_value_of_the_servers_is_saved(tmp_path, value, suffix):
    """Half a character in a title, a column of nothing but empty objects."""
    for frame in (to_frame([{"odd": value, "title": "x"}]), [{"odd": value, "b\ud83d": 1}]):
        path = save(frame, str(tmp_path / f"rows.{suffix}"))
        assert path.stat().st_size
