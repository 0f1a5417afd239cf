"""A folder of Parquet files and the states that name them: on this machine, or wherever pyarrow and fsspec reach."""

import contextlib
import errno
import hashlib
import json
import os
import posixpath
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from zbt_notebook.client import expect
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.limits.shared_file import try_lock
from zbt_notebook.client.mirror.tables import alike, as_table

if TYPE_CHECKING:
    import pandas as pd


class Store:
    """A folder of Parquet files, on this machine or wherever pyarrow and fsspec reach."""

    def __init__(self, system: Any, root: str) -> None:
        self._system = system
        self._root = root.rstrip("/")

    def __str__(self) -> str:
        return repr(self._root)

    @classmethod
    def at(cls, location: str | Path) -> "Store":
        """The store at a path or URL; raise UsageError without pyarrow."""
        try:
            from pyarrow import fs
        except ImportError:
            pass
        else:
            if isinstance(location, Path) or "://" not in expect.text(location, "the place of a mirror"):
                return cls(fs.LocalFileSystem(), str(expect.folder_path(location, "the place of a mirror")))
            return cls(*_remote(location, fs))
        raise UsageError(
            "a mirror needs pyarrow, which is not installed", hint="Install it: pip install zbt-notebook[parquet]"
        )

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other runs of this machine out; raise UsageError where one is at work."""
        self._system.create_dir(self._root, recursive=True)
        if self._system.type_name != "local":
            yield
            return
        handle = os.open(self.address(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not try_lock(handle):
                raise UsageError(f"another run is at work on {self._root!r}", hint="Wait for it, then run this again.")
            yield
        finally:
            os.close(handle)  # and with it the lock

    def address(self, name: str) -> str:
        """Where a file of that name is."""
        return posixpath.join(self._root, name)

    def names(self, beginning: str) -> list[str]:
        """Files of the folder itself that begin like that, sorted."""
        return sorted(name for name in self._listed(self._root, recursive=False) if name.startswith(beginning))

    def data_files(self) -> list[str]:
        """Every Parquet file, named by a state or not."""
        return [name for name in self._listed(self._root, recursive=True) if name.endswith(".parquet")]

    def _listed(self, folder: str, *, recursive: bool) -> Iterator[str]:
        from pyarrow import fs

        selector = fs.FileSelector(folder, recursive=recursive, allow_not_found=True)
        for found in self._system.get_file_info(selector):
            if found.type == fs.FileType.File:
                yield posixpath.relpath(found.path, self._root)

    def read_json(self, name: str) -> dict[str, Any] | None:
        """A state; None for one that is not whole."""
        try:
            with self._system.open_input_stream(self.address(name)) as file:
                text = file.read()
            content = json.loads(text)
        except (ValueError, OSError, RecursionError):
            return None  # cut short: it never counted
        return content if isinstance(content, dict) else None

    def write_json(self, name: str, value: Any) -> None:
        """Write whole, under another name, then rename: there is the old or the new, never a part."""
        self._system.create_dir(self._root, recursive=True)
        scratch = self.address(f".{name}.{token_hex(4)}")
        with self._system.open_output_stream(scratch) as file:
            file.write(json.dumps(value).encode())
        self._system.move(scratch, self.address(name))

    def remove(self, name: str) -> None:
        """Delete a file."""
        self._system.delete_file(self.address(name))

    def by_project(self, frame: "pd.DataFrame") -> dict[str, Any]:
        """The rows of each project as a table."""
        if frame.empty:
            return {}
        from zbt_notebook.client.frames.arrange import without_attrs

        plain = without_attrs(frame)
        projects = plain["project.id"].astype(object).map(_as_key)
        return {
            str(project): as_table(rows.reset_index(drop=True)) for project, rows in plain.groupby(projects, sort=True)
        }

    def ids_of(self, frame: "pd.DataFrame") -> set[str]:
        """The ids of a frame's rows."""
        return set() if frame.empty or "id" not in frame else set(map(str, frame["id"].dropna()))

    def read(self, names: Sequence[str], columns: Sequence[str] | None) -> Any:
        """The files as one table; a column that one of them lacks is null there."""
        import pyarrow as pa
        from pyarrow import parquet

        tables = []
        for name in names:
            try:
                self._check_file(name)
                with self._system.open_input_file(self.address(name)) as file:
                    source = parquet.ParquetFile(file, page_checksum_verification=True)
                    known = source.schema_arrow.names
                    wanted = None if columns is None else [column for column in columns if column in known]
                    tables.append(source.read(columns=wanted))
            except (OSError, pa.ArrowException, ValueError) as error:
                raise Damaged(
                    f"the data set at {self._root!r} is damaged: {name} cannot be read ({type(error).__name__})",
                    hint="Run the mirror again: it reads that project anew. full=True reads all of it anew.",
                ) from None
        if not tables:
            return pa.table({})
        return pa.concat_tables(alike(tables), promote_options="permissive")

    def _check_file(self, name: str) -> None:
        """Raise OSError for a pipe in the place of a file: pyarrow would wait for it, and hear no Ctrl-C."""
        from pyarrow import fs

        if (
            self._system.type_name == "local"
            and self._system.get_file_info(self.address(name)).type != fs.FileType.File
        ):
            raise OSError(errno.EINVAL, "it is no file")

    def is_sound(self, name: str) -> bool:
        """Whether a file is there and can be read to its end."""
        try:
            self.read([name], None)
        except Damaged:
            return False
        return True

    def merged(self, old: Sequence[str], fresh: Any) -> Any:
        """The rows of the old files with the fresh ones in the place of those with the same id."""
        if not old or "id" not in fresh.column_names:
            return fresh
        before = self.without(self.read(old, None), _ids(fresh))
        import pyarrow as pa

        return pa.concat_tables(alike([before, fresh]), promote_options="permissive")

    def without(self, table: Any, ids: set[str]) -> Any:
        """The rows of a table whose ids are others."""
        import pyarrow as pa

        if "id" not in table.column_names:
            return table
        keep = [str(identity) not in ids for identity in table.column("id").to_pylist()]
        return table.filter(pa.array(keep, pa.bool_()))

    def write(self, project: str, table: Any) -> tuple[str, int]:
        """Write a file under a name that none has had; its name and its rows."""
        from pyarrow import parquet

        name = f"project={_as_folder(project)}/{token_hex(8)}.parquet"
        self._system.create_dir(posixpath.dirname(self.address(name)), recursive=True)
        with self._system.open_output_stream(self.address(name)) as file:
            parquet.write_table(table, file, compression="zstd", write_page_checksum=True)
        return name, table.num_rows


class Damaged(UsageError):
    """A file of the data set is missing, or cannot be read."""


def is_data_file(name: Any) -> bool:
    """Whether a state may name that file: none of another folder."""
    return isinstance(name, str) and _DATA_FILE.fullmatch(name) is not None


_DATA_FILE = re.compile(r"project=[^/\x00]+/[0-9a-f]+\.parquet")
_LONGEST_NAME = 100  # characters; file systems take 255 bytes


def _as_key(project: Any) -> str:
    """A project's id as text, whatever the server sent in its place."""
    if isinstance(project, (dict, list)):
        return json.dumps(project, sort_keys=True, default=str)
    return "none" if project is None or str(project) in {"nan", "<NA>", "NaT"} else str(project)


def _as_folder(project: str) -> str:
    """The name of a project's folder: no id of the server's leads out of the data set."""
    name = quote(project, safe="", errors="surrogatepass")
    if len(name) <= _LONGEST_NAME:
        return name
    return hashlib.sha256(project.encode("utf-8", "surrogatepass")).hexdigest()


def _ids(table: Any) -> set[str]:
    return {str(identity) for identity in table.column("id").to_pylist() if identity is not None}


def _remote(url: str, fs: Any) -> tuple[Any, str]:
    """The file system of a URL: pyarrow's own, else one of fsspec's."""
    with contextlib.suppress(ValueError, OSError):
        return fs.FileSystem.from_uri(url)  # type: ignore[no-any-return]  # pyarrow has no types
    with contextlib.suppress(ValueError, ImportError):  # no such protocol, or its package is not installed
        from fsspec.core import url_to_fs

        system, root = url_to_fs(url)
        return fs.PyFileSystem(fs.FSSpecHandler(system)), root
    raise UsageError(
        f"nothing here knows how to reach {url.partition('://')[0]}://", hint="Install fsspec and its part for it."
    )
