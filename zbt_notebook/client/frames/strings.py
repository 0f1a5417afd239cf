"""How the installed pandas holds strings, and how to hold them that way from the first page on.

pandas 3 makes `str` of them, on Arrow where pyarrow is there and on Python objects elsewhere; pandas 2 leaves objects.
A user sees no difference between the two kinds of `str`: same name, same missing value, same answers. So the choice is
left to pandas, and asked for rather than guessed from versions: `pd.Series([""]).dtype` also follows the user's own
`mode.string_storage` and `future.infer_string`.

Which strings are made categories. Those whose words Zoho's own pages name, all of them, and no portal can change: a
flag, a billing status, a role (the catalogue's `category:Internal|External`). They are the same in every frame, an
empty one too, so that two pulls can be joined. Others are not, unasked, though it would save memory: two categorical
columns cannot be compared (`df["reported_person"] == df["assignee_name"]` raises TypeError); a new value cannot be set
or filled in (`fillna("none")`); `groupby` in pandas 2.2 warns, and by two columns gives their product; `concat` of two
pulls whose categories differ falls back to `object`, and those of statuses and severities do, for every portal names
its own; and whether a column has few values depends on how far the pull came, so that its dtype would too. Arrow's
strings are compact, and Python's are shared (`Strings.pack`): of 20,000 bugs, categories of all pick lists would save
1.8 MB of 23. Who wants them says so: `types={"status.type": "category"}`.
"""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHARED_AT_MOST = 4096
"""Strings remembered a column, where they are Python objects: with more, sharing costs more than it saves."""


class Strings:
    """The packing of strings for one builder."""

    def __init__(self) -> None:
        self.dtype = pd.Series([""]).dtype

    @cached_property
    def arrow(self) -> Any:
        """The module pyarrow where pandas holds strings in Arrow, else None."""
        if getattr(self.dtype, "storage", None) != "pyarrow":
            return None
        import pyarrow as pa

        return pa

    @cached_property
    def _type(self) -> Any:
        return self.arrow.large_string()  # the one that pandas itself holds strings in

    @cached_property
    def _pool(self) -> Any:
        # Arrow's own choice, mimalloc, asks for huge pages, and has them zeroed anew as parts come and go: a tenth to a
        # quarter of all the CPU, measured.
        return self.arrow.system_memory_pool()

    def pack(self, values: Sequence[str], shared: dict[str, str]) -> Any:
        """Give the strings as tightly as may be, or None for some that are no Unicode.

        A back end that cuts a title in the middle of an emoji sends half a surrogate pair. Arrow cannot hold it, and
        `concat` of such a column with an Arrow one fails; so these columns stay objects, with pyarrow or without.
        """
        try:
            if self.arrow is not None:
                return self.arrow.array(values, self._type, memory_pool=self._pool)
            if not self.are_objects:
                "".join(values).encode()
        except UnicodeEncodeError:
            return None
        if len(shared) < _SHARED_AT_MOST:
            return [shared.setdefault(value, value) for value in values]
        return [shared.get(value, value) for value in values]

    def pack_nullable(self, values: Sequence[Any]) -> Any:
        """Give strings and nulls as an Arrow array, or None where there is no Arrow or something else among them."""
        if self.arrow is None:
            return None
        try:
            return self.arrow.array(values, self._type, memory_pool=self._pool)
        except (TypeError, ValueError, OverflowError):
            return None

    @property
    def are_objects(self) -> bool:
        """Whether this pandas leaves strings as Python objects."""
        return self.dtype == np.dtype(object)

    def join(self, packed: Sequence[Any]) -> Any:
        """Give what was packed in parts as one."""
        if self.arrow is not None:
            return self.arrow.concat_arrays(packed, memory_pool=self._pool)
        return list(chain(*packed))

    def objects(self, packed: Any) -> list[str]:
        """Give what was packed as Python strings."""
        return list(packed if self.arrow is None else packed.to_pylist())

    def array(self, packed: Sequence[Any], rows: np.ndarray[Any, np.dtype[np.int64]] | None, size: int) -> Any:
        """Give the column of `size` rows that has the packed strings in `rows`, None for all, and misses the others."""
        if self.arrow is None:
            objects = np.full(size, None, dtype=object)
            objects[slice(None) if rows is None else rows] = self.join(packed)
            return pd.Series(objects, dtype=self.dtype)
        chunks = self.arrow.chunked_array(packed, self._type)
        if rows is not None:
            positions = np.zeros(size, dtype=np.int64)
            positions[rows] = np.arange(len(rows))
            absent = np.ones(size, dtype=np.bool_)
            absent[rows] = False
            chunks = chunks.take(self.arrow.array(positions, mask=absent))
        return self.dtype.__from_arrow__(chunks)  # type: ignore[union-attr] # documented for extension dtypes, unknown to the stubs
