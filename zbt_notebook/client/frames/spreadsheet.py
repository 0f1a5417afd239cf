"""Frames as people open them: a workbook, and values that a spreadsheet shows as they are."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.quoting import shown

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path

EXACT = 10**15  # a spreadsheet counts in floats: whole numbers of more digits are rounded there
_LONGEST = 32_767  # characters of a cell
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML 1.0 cannot hold
_SHEET = re.compile(r"[\\/*?:\[\]]")
_DIGITS = re.compile(r"[0-9]{16,}")


def unrounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the frame for a csv file, its long ids behind a tab.

    A spreadsheet takes them for text then and does not round them; whoever reads numbers skips white space.
    """
    made = frame.copy(deep=False)
    for position in range(len(frame.columns)):
        values: Any = frame.iloc[:, position]
        if _is_long(values):
            made.isetitem(position, values.astype(object).map(_behind_a_tab, na_action="ignore"))
        elif (values.dtype == object or isinstance(values.dtype, pd.StringDtype)) and values.map(_is_digits).any():
            made.isetitem(position, values.map(_behind_a_tab, na_action="ignore"))
    return made


def _is_digits(value: object) -> bool:
    return isinstance(value, str) and bool(_DIGITS.fullmatch(value))


def _behind_a_tab(value: object) -> object:
    return f"\t{value}" if isinstance(value, int) or _is_digits(value) else value


def _is_long(values: pd.Series[Any]) -> bool:
    if not pd.api.types.is_integer_dtype(values.dtype) or values.dropna().empty:
        return False
    return bool(abs(int(values.min())) >= EXACT or abs(int(values.max())) >= EXACT)


def _opened(path: Path) -> Any:
    from openpyxl import load_workbook

    try:
        return load_workbook(path)
    except OSError:
        raise
    except Exception:  # noqa: BLE001  of zip, of XML, openpyxl's own
        problem = UsageError(f"{shown(str(path))} is no workbook that could be added to", hint="Name another file.")
    raise problem


def write_workbook(frame: pd.DataFrame, path: Path, *, zone: tzinfo, sheet: str, append_to: Path | None = None) -> None:
    """Write a table as a sheet of a workbook: a new one, or beside the sheets of *append_to*.

    Times stand in *zone* and without it, as spreadsheets know none; the header names it. Ids are texts. Rows go below
    those of the sheet of that name, new columns to the right. Raise ImportError without openpyxl.
    """
    from openpyxl import Workbook

    title = (_SHEET.sub(" ", sheet).strip("' ") or "table")[:31]
    header, columns = _header_and_columns(frame, zone)
    book = _opened(append_to) if append_to else Workbook()
    page: Any = book[title] if append_to and title in book.sheetnames else None
    if page is None:
        page = book.create_sheet(title) if append_to else book.active
        page.title = title
        page.freeze_panes = "A2"
    names = _write_header(page, header)
    positions = [names.index(name) + 1 for name in header]
    for row, values in enumerate(zip(*columns, strict=True), page.max_row + 1):
        for position, value in zip(positions, values, strict=True):
            if value is not None:
                _put(page.cell(row, position), value)
    _widen(page, names)
    whole = BytesIO()  # a full disk is met by us, not by the end of openpyxl's archive
    book.save(whole)
    path.write_bytes(whole.getvalue())


def _write_header(page: Any, header: list[str]) -> list[Any]:
    """Add the names that a sheet lacks to its first row; all that then stand there."""
    names = [page.cell(1, position).value for position in range(1, page.max_column + 1)]
    names = [name for name in names if name is not None]
    for name in header:
        if name not in names:
            names.append(name)
            _put(page.cell(1, len(names)), name)
    return names


def _header_and_columns(frame: pd.DataFrame, zone: tzinfo) -> tuple[list[str], list[list[Any]]]:
    header, columns = [], []
    for position, name in enumerate(frame.columns):
        values = frame.iloc[:, position]
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            header.append(_clean(f"{name} ({zone})"))
            columns.append(
                [
                    None if pd.isna(value) else value.tz_convert(zone).tz_localize(None).to_pydatetime()
                    for value in values
                ]
            )
        else:
            header.append(_clean(str(name)))
            columns.append([_cell(value) for value in values])
    return header, columns


def _cell(value: Any) -> Any:
    if pd.api.types.is_list_like(value):  # an array too: so pandas reads a list of a Parquet file
        return _clean(str(value.tolist() if hasattr(value, "tolist") else value))
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        moment = value.to_pydatetime()
        return moment.date() if moment.time() == moment.min.time() else moment
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < EXACT else str(value)
    return value if isinstance(value, float) else _clean(str(value))


def _clean(text: str) -> str:
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)[:_LONGEST]


def _put(cell: Any, value: Any) -> None:
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # a text that begins with = is a text, no formula
        if _DIGITS.fullmatch(value):
            cell.number_format = "@"


def _widen(page: Any, header: list[str]) -> None:
    from openpyxl.utils import get_column_letter

    for position, name in enumerate(header, 1):
        wide = 46 if name in {"title", "content_text", "notes"} else max(11, min(28, len(name) + 2))
        page.column_dimensions[get_column_letter(position)].width = wide
