"""Results in files: whole, or not at all."""

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from zbt_notebook.client.atomic_write import unfit_place, write_atomically
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.quoting import shown
from zbt_notebook.notebook.magic.grammar.file_names import path_of, working_folder


def check_place(filename: str) -> None:
    """Raise UsageError where a file could not be written there, before anything is fetched for it."""
    path = path_of(filename)
    _refuse_unfit(path, filename)
    if path.suffix.lower() == ".parquet" and find_spec("pyarrow") is None:
        raise _no_pyarrow()


def _refuse_unfit(path: Path, filename: str) -> None:
    problem = unfit_place(path)
    if problem:
        raise UsageError(f"{shown(filename)} {problem}", hint="Save under another name, or elsewhere.")
    if not path.parent.is_dir():
        raise UsageError(
            f"there is no folder {shown(str(path.parent))} to save in",
            hint=f"Make it first, or save elsewhere; the kernel works in {shown(working_folder())}.",
        )


def _no_pyarrow() -> UsageError:
    return UsageError("parquet files need pyarrow", hint='Install it: %pip install "zbt-notebook[parquet]"')


def save(value: Any, filename: str) -> Path:
    """Write a result to a file in the format of its suffix: csv, json, jsonl or parquet.

    It is written beside its place and then moved there, so that a reader never meets half a file and a failure leaves
    the old one. Raise UsageError where the format cannot hold the result, or the file cannot be written.
    """
    path = path_of(filename)
    write = _WRITERS[path.suffix.lower()]
    try:
        _refuse_unfit(path, filename)  # it may have become one since the line was read
        write_atomically(path, lambda beside: write(value, beside))
    except ImportError:
        problem = _no_pyarrow()
    except OSError as error:
        problem = UsageError(
            f"{shown(filename)} cannot be written: {error.strerror}", hint="Check the folder and its rights."
        )
    else:
        return path
    raise problem


def _frame(value: Any, kind: str) -> Any:
    if hasattr(value, "to_csv"):
        return value
    from zbt_notebook.client.frames import to_frame

    records = value if isinstance(value, list) else [value]
    if not all(isinstance(record, dict) for record in records):
        raise UsageError(f"a {kind} file holds a table, and the result is none", hint="Save it as .json.")
    return to_frame(records)


def _records(value: Any) -> Any:
    if not hasattr(value, "to_csv"):
        return value
    return json.loads(value.to_json(orient="records", date_format="iso", double_precision=15))


def _write_csv(value: Any, path: Path) -> None:
    _frame(value, "csv").to_csv(path, index=False)


def _write_parquet(value: Any, path: Path) -> None:
    frame = _frame(value, "parquet")
    try:
        frame.to_parquet(path, index=False)
    except (TypeError, ValueError) as error:
        if type(error).__module__.startswith("pyarrow"):
            frame = frame.copy()
            for name in [name for name in frame.columns if str(frame[name].dtype) == "object"]:
                frame[name] = frame[name].map(lambda cell: cell if isinstance(cell, str) else _text(cell))
            frame.to_parquet(path, index=False)
        else:
            raise


def _text(cell: Any) -> str | None:
    return None if cell is None else json.dumps(cell, ensure_ascii=False, default=str)


def _write_json(value: Any, path: Path) -> None:
    path.write_text(json.dumps(_records(value), ensure_ascii=False, indent=2, default=str) + "\n", "utf-8")


def _write_jsonl(value: Any, path: Path) -> None:
    records = _records(value)
    lines = records if isinstance(records, list) else [records]
    path.write_text("".join(json.dumps(line, ensure_ascii=False, default=str) + "\n" for line in lines), "utf-8")


_WRITERS: dict[str, Callable[[Any, Path], None]] = {
    ".csv": _write_csv,
    ".json": _write_json,
    ".jsonl": _write_jsonl,
    ".parquet": _write_parquet,
}
