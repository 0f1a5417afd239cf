"""``df.zbt``: what can be done with a frame that came from here, and with what is left of it after a filter."""

from __future__ import annotations

from typing import cast

import pandas as pd

from zbt_notebook.client.frame_actions import act


@pd.api.extensions.register_dataframe_accessor("zbt")
class Accessor:
    """``df.zbt.open(0)``, ``df.zbt.refetch()``, ``df.zbt.excel("bugs.xlsx")``."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def __repr__(self) -> str:
        origin = self._frame.attrs.get("zbt") or {}
        what = origin.get("kind") or origin.get("path") or "a frame that does not tell where it came from"
        return f"<df.zbt of {what}: open(row), refetch(), excel(file)>"

    def open(self, row: int = 0) -> str:
        """Open the web page of a row's bug, by its place; the address."""
        return cast("str", act("open", self._frame, row))

    def refetch(self) -> pd.DataFrame:
        """The same question as it is answered now, as a new frame."""
        return cast("pd.DataFrame", act("refetch", self._frame))

    def excel(self, file: str) -> str:
        """Write a workbook, times in the portal's zone and ids as text; the path of the file."""
        return cast("str", act("excel", self._frame, file))
