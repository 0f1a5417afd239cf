"""A column while it grows: where its values stand, and in how few parts."""

from collections.abc import Callable
from typing import Any

import pytest

from zbt_notebook.client.frames.column import ANY, BOOL, FLAG, FLOAT, INT, TEXT, Column
from zbt_notebook.client.frames.strings import Strings

PAGES, SIZE = 200, 3

KINDS: dict[str, Callable[[int], Any]] = {
    INT: lambda n: n,
    FLOAT: lambda n: n / 2,
    BOOL: lambda n: n % 3 == 0,
    FLAG: lambda n: "true" if n % 3 == 0 else "false",
    TEXT: str,
    ANY: lambda n: [n],
}
GAPS: dict[str, Callable[[int], bool]] = {
    "none": lambda n: n < 0,
    "within pages": lambda n: n % SIZE == 1,
    "of whole pages": lambda n: n // SIZE % 2 == 1,
    "at the end of each page": lambda n: n % SIZE == SIZE - 1,
}


def add(column: Column, start: int, values: list[Any], rows: list[int] | None = None, size: int = SIZE) -> None:
    if not column.add_text(start, size, rows, values):
        column.add(start, size, rows, values, set(map(type, values)))


@pytest.mark.parametrize("gap", GAPS.values(), ids=GAPS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_value_moves_when_pages_are_put_together(kind: str, gap: Callable[[int], bool]) -> None:
    """Sixty-four pages become one part, and the rest of them at the end."""
    column = Column(Strings())
    values = [None if gap(n) else KINDS[kind](n) for n in range(PAGES * SIZE)]
    for start in range(0, PAGES * SIZE, SIZE):
        add(column, start, values[start : start + SIZE])
    assert column.kinds == {kind}
    assert column.objects(len(values)) == values
    whole_are_missing = gap is GAPS["of whole pages"] and (kind != TEXT or column.strings.arrow is None)
    pages = PAGES // 2 if whole_are_missing else PAGES
    assert len(column.parts) == pages // 64 + pages % 64
    column.tighten()
    column.tighten()
    assert len(column.parts) == pages // 64 + 1
    assert column.kinds == {kind}
    assert column.objects(len(values)) == values


def test_stretches_of_several_kinds_stay_apart() -> None:
    """Each is put together by itself, in the order of the pages."""
    column = Column(Strings())
    values: list[Any] = [1, 2, 3, 4, "a", "b", 5.5, 6]
    for start in range(0, 8, 2):
        add(column, start, values[start : start + 2], size=2)
    column.tighten()
    assert [part.kind for part in column.parts] == [INT, TEXT, ANY]
    assert column.objects(9) == [*values, None]


@pytest.mark.parametrize("kind", KINDS)
def test_values_stand_in_the_rows_that_hold_them(kind: str) -> None:
    """A key that only some records have; the first page, and a later one."""
    column = Column(Strings())
    value = KINDS[kind]
    add(column, 0, [value(0), value(1)], [0, 3], size=5)
    add(column, 5, [value(2), value(3)], [1, 4], size=5)
    add(column, 10, [value(4), None, value(5)], [0, 1, 3], size=5)
    expected = [None] * 15
    for row, number in {0: 0, 3: 1, 6: 2, 9: 3, 10: 4, 13: 5}.items():
        expected[row] = value(number)
    for _ in range(2):
        assert column.objects(15) == expected
        rows = column.rows(15)
        assert rows is not None
        assert {0, 3, 6, 9, 10, 13} <= set(rows.tolist()) <= {0, 3, 6, 9, 10, 11, 13}
        column.tighten()
    assert len(column.parts) == 1


def test_a_column_that_is_whole_names_no_rows() -> None:
    """Then nothing has to be put in its place."""
    column = Column(Strings())
    add(column, 0, [1, 2, 3])
    assert column.rows(3) is None
    rows = column.rows(4)
    assert rows is not None
    assert rows.tolist() == [0, 1, 2]


def test_a_page_of_text_is_taken_at_once_where_the_one_before_was_text() -> None:
    """With its nulls; a first page, and one with something else among it, is looked at value by value."""
    column = Column(Strings())
    if column.strings.arrow is None:
        pytest.skip("strings are Python objects here")
    assert not column.add_text(0, 2, None, ["a", "b"])
    assert column.parts == []
    column.add(0, 2, None, ["a", "b"], {str})
    assert column.add_text(2, 2, None, ["c", None])
    assert column.add_text(4, 4, [1, 3], ["d", "true"])
    assert not column.add_text(8, 2, None, ["e", 1])
    assert column.kinds == {TEXT}
    assert column.objects(9) == ["a", "b", "c", None, None, "d", None, "true", None]
    column.add(8, 1, None, [1], {int})
    assert not column.add_text(9, 1, None, ["e"])
    assert column.a_text() == "a"


def test_what_numpy_cannot_hold_stays_as_it_came() -> None:
    """Whole numbers beyond 64 bits, and a mixture."""
    column = Column(Strings())
    add(column, 0, [1 << 70, 2], size=2)
    add(column, 2, [1, 1.5], size=2)
    assert column.kinds == {ANY}
    assert column.objects(4) == [1 << 70, 2, 1, 1.5]
