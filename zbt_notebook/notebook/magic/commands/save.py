"""Results in files: whole, or not at all."""

import io
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, tzinfo
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from zbt_notebook.client.atomic_write import path_problem, write_atomically
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.quoting import shown
from zbt_notebook.notebook.magic.grammar.file_names import path_of, working_folder


def check_path(filename: str) -> None:
    """Raise UsageError where a file could not be written there, before anything is fetched for it."""
    path = path_of(filename)
    _refuse_unfit(path, filename)
    needed = _NEEDS.get(path.suffix.lower())
    if needed and find_spec(needed[0]) is None:
        raise _not_installed(path.suffix.lower())


def _refuse_unfit(path: Path, filename: str) -> None:
    problem = path_problem(path)
    if problem:
        raise UsageError(f"{shown(filename)} {problem}", hint="Save under another name, or elsewhere.")
    if not path.parent.is_dir():
        raise UsageError(
            f"there is no folder {shown(str(path.parent))} to save in",
            hint=f"Make it first, or save elsewhere; the kernel works in {shown(working_folder())}.",
        )


_NEEDS = {".parquet": ("pyarrow", "parquet"), ".xlsx": ("openpyxl", "excel")}  # packages, and the extras they are in


def _not_installed(suffix: str) -> UsageError:
    package, extra = _NEEDS.get(suffix, _NEEDS[".parquet"])
    return UsageError(f"{suffix[1:]} files need {package}", hint=f'Install it: %pip install "zbt-notebook[{extra}]"')


def save(value: Any, filename: str, *, append: bool = False) -> Path:
    """Write a result to a file in the format of its suffix: csv, json, jsonl, parquet or xlsx.

    It is written beside its place and then moved there, so that a reader never meets half a file and a failure leaves
    the old one. With *append* the rows follow those that the file has. Raise UsageError where the format cannot hold
    the result, or the file cannot be written.
    """
    path = path_of(filename)
    suffix = path.suffix.lower()
    value = _sound(value)
    if append and suffix not in _APPENDERS:
        raise UsageError(
            f"--append is for {', '.join(name[1:] for name in _APPENDERS)}, not for {suffix[1:]}",
            hint="Leave --append away, or save as .csv.",
        )
    is_more = append and path.exists()
    write = (lambda value, beside: _APPENDERS[suffix](value, beside, path)) if is_more else _WRITERS[suffix]
    try:
        _refuse_unfit(path, filename)  # it may have become one since the line was read
        write_atomically(path, lambda beside: write(value, beside))
    except ImportError:
        problem = _not_installed(suffix)
    except OSError as error:
        problem = UsageError(
            f"{shown(filename)} cannot be written: {error.strerror}", hint="Check the folder and its rights."
        )
    else:
        return path
    raise problem


def _sound(value: Any) -> Any:
    """The same in whole characters: a text that was cut in the middle of one cannot be written as UTF-8."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return value
    if isinstance(value, list):
        return [_sound(item) for item in value]
    if isinstance(value, dict):
        return {_sound(name): _sound(item) for name, item in value.items()}
    if not hasattr(value, "to_csv"):
        return value
    odd = [position for position, kind in enumerate(value.dtypes) if str(kind) == "object"]
    sound = value.copy(deep=False)
    for position in odd:
        sound.isetitem(position, value.iloc[:, position].map(_sound))
    names = [_sound(name) for name in value.columns]
    return sound if names == list(value.columns) else sound.set_axis(names, axis="columns")


def _frame(value: Any, kind: str) -> Any:
    if hasattr(value, "to_csv"):
        return value
    from zbt_notebook.client.frames import to_frame

    records = value if isinstance(value, list) else [value]
    if not all(isinstance(record, dict) for record in records):
        raise UsageError(f"{kind} files hold tables, and the result is none", hint="Save it as .json.")
    return to_frame(records)


def _records(value: Any) -> Any:
    if not hasattr(value, "to_csv"):
        return value
    from zbt_notebook.client.frames.arrange import as_records

    return as_records(value)


def _write_csv(value: Any, path: Path) -> None:
    from zbt_notebook.client.frames.spreadsheet import unrounded

    unrounded(_frame(value, "csv")).to_csv(path, index=False)


def _append_csv(value: Any, path: Path, old: Path) -> None:
    """The rows below those of the file, each under its column; columns that the file lacks follow its own."""
    import csv

    from zbt_notebook.client.frames.spreadsheet import unrounded

    frame = unrounded(_frame(value, "csv"))
    text = _text_of(old)
    rows = csv.reader(io.StringIO(text, newline=""))
    there = next(rows, [])
    names = [str(name) for name in frame.columns]
    header = [*there, *(name for name in names if name not in there)]
    if header == there or not there:
        end = "" if not text or text.endswith("\n") else "\n"
    else:
        missing = [""] * (len(header) - len(there))
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\n").writerows([header, *([*row, *missing] for row in rows)])
        text, end = lines.getvalue(), ""
    more = frame.reindex(columns=header).to_csv(index=False, header=not there)
    path.write_text(text + end + more, "utf-8", newline="")


def _text_of(old: Path) -> str:
    try:
        with old.open(encoding="utf-8", newline="") as file:
            return file.read()
    except UnicodeDecodeError:
        pass
    raise UsageError(f"{shown(str(old))} is no text that rows could be appended to", hint="Name another file.")


def _append_jsonl(value: Any, path: Path, old: Path) -> None:
    _write_jsonl(value, path)
    text = _text_of(old)
    path.write_text(text + ("" if not text or text.endswith("\n") else "\n") + path.read_text("utf-8"), "utf-8")


def _write_excel(value: Any, path: Path, old: Path | None = None) -> None:
    from zbt_notebook.client.frames.spreadsheet import write_workbook

    frame = _frame(value, "xlsx")
    origin = frame.attrs.get("zbt") or {}
    name = str(origin.get("kind") or origin.get("word") or "table")
    write_workbook(frame, path, zone=zone_of(origin), sheet=name, append_to=old)


def zone_of(origin: Any) -> tzinfo:
    """The portal's time zone, as a frame's origin names it; UTC where it does not."""
    with suppress(Exception):  # a name that this machine has no data for
        return ZoneInfo(str(origin["zone"]))
    return UTC


def _write_parquet(value: Any, path: Path) -> None:
    frame = _frame(value, "parquet")
    try:
        frame.to_parquet(path, index=False)
    except (TypeError, ValueError, NotImplementedError) as error:  # columns of mixed or of empty objects
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
    ".xlsx": _write_excel,
}
_APPENDERS: dict[str, Callable[[Any, Path, Path], None]] = {
    ".csv": _append_csv,
    ".jsonl": _append_jsonl,
    ".xlsx": _write_excel,
}
