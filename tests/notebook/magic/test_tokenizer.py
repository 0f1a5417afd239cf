"""Where an expression in braces ends."""

import pytest

from zbt_notebook.notebook.magic.grammar.tokenizer import closing_brace


@pytest.mark.parametrize(
    "expression",
    [
        "{a}",
        "{a['}']}",
        '{a["}"]}',
        r"{a['\'}']}",
        r"{'\\'}",
        r"{a['it\'s }'] + '\\' + f({1: [2, (3)]})}",
        "{'\"}'}",
        "{{1: {2}}[1]}",
    ],
)
def test_the_brace_that_closes_is_found(expression):
    """Past quotes of both kinds, what is escaped in them, and brackets of every kind."""
    assert closing_brace(f"x {expression} y}}", 2) == len(expression) + 1


@pytest.mark.parametrize("text", ["{", "{a", "{(}", "{a['}", r"{'\'}", "{[)}"])
def test_where_none_closes_there_is_none(text):
    """Open at the end, or closed by another kind of bracket."""
    assert closing_brace(text, 0) == -1
