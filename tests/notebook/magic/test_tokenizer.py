"""Where words and expressions in braces end."""

import pytest

from zbt_notebook.client.errors import UsageError
from zbt_notebook.notebook.magic.grammar.tokenizer import closing_brace, quote_word, split_words


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


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a\\ b", ("a b",)),
        ("a\\'b", ("a'b",)),
        ('a\\"b', ('a"b',)),
        ("a\\\\b", ("a\\b",)),
        ("C:\\reports", ("C:\\reports",)),
        ("'a \"b\" \\ c'", ('a "b" \\ c',)),
        ('"a \\"b\\" \\\\ \\c"', ('a "b" \\ \\c',)),
        ("'' x", ("", "x")),
        ("a''b", ("ab",)),
        ("x'a b'y z", ("xa by", "z")),
        ("{a + 'b c'} d", ("{a + 'b c'}", "d")),
        ("{{x y}}", ("{{x", "y}}")),
        ("{a b", ("{a", "b")),
        ("a  b\tc\n d", ("a", "b", "c", "d")),
        (" 'a' ", ("a",)),
        ("{f('}')} x", ("{f('}')}", "x")),
        ("-q 'a b' c", ("-q", "a b", "c")),
        ("-q a[?b == 'x y'] c", ("-q", "a[?b == 'x y']", "c")),
        ("--jmespath=a[?x=='1 2'] c", ("--jmespath=a[?x=='1 2']", "c")),
        ('-q "it\'s" c', ("-q", "it's", "c")),
        ("-q `a b`.c d", ("-q", "`a b`.c", "d")),
        ("-q a['x\\' y'] z", ("-q", "a['x\\' y']", "z")),
        ("-q= x 'y z'", ("-q=", "x", "y z")),
        ("-q f(a, [b, {c: d}]) e", ("-q", "f(a, [b, {c: d}])", "e")),
        ("-q a) b", ("-q", "a)", "b")),
        ("-q 'a''b c' d", ("-q", "'a''b c'", "d")),
        ("-- -q a'b c'd", ("--", "-q", "ab cd")),
        ("x -q 'a' -q b['c d'] e", ("x", "-q", "a", "-q", "b['c d']", "e")),
        ("-q", ("-q",)),
        ("-q ''", ("-q", "")),
        ("-q='a b' c", ("-q=a b", "c")),
        ("-q='a'.b c", ("-q='a'.b", "c")),
        ("--jmespath 'x y'[0] z", ("--jmespath", "'x y'[0]", "z")),
        ('-q "a \\"b\\" c" d', ("-q", 'a "b" c', "d")),
        ("-qa['b c'] d", ("-qa[b c]", "d")),
        ("a -q=b", ("a", "-q=b")),
        ("'-q' [a, b] c", ("-q", "[a, b]", "c")),
        ("-q {a: b} c", ("-q", "{a: b}", "c")),
        ("-q [a] [b]", ("-q", "[a]", "[b]")),
        ("x-q 'a b'[0]", ("x-q", "a b[0]")),
        ("-q\tb", ("-q", "b")),
        ("{'a} 'b", ("{a} b",)),
    ],
)
def test_a_line_is_split_at_white_space_outside_quotes_braces_and_expressions(line, words):
    """As the docstring says, rule by rule."""
    assert split_words(line) == words


_OF_A_WORD = 'Close it; a text with an apostrophe goes in double quotes, whole: "title=Don\'t panic".'
_OF_AN_EXPRESSION = "Close it; the expression is read whole."


@pytest.mark.parametrize(
    ("line", "quote", "hint"),
    [
        ("'a", "'", _OF_A_WORD),
        ("'a b\\", "'", _OF_A_WORD),
        ('x "b c', '"', _OF_A_WORD),
        ("-q 'a b", "'", _OF_A_WORD),
        ("-q a['b c", "'", _OF_AN_EXPRESSION),
        ("-q a['b\\'", "'", _OF_AN_EXPRESSION),
        ("-q `a", "`", _OF_AN_EXPRESSION),
    ],
)
def test_a_quote_that_is_never_closed_is_named(line, quote, hint):
    """With what to do about it."""
    with pytest.raises(UsageError) as refusal:
        split_words(line)
    assert refusal.value.message == f"a quote ({quote}) is opened and never closed"
    assert refusal.value.hint == hint


@pytest.mark.parametrize(
    ("word", "quoted", "always"),
    [
        ("a", "a", "'a'"),
        ("", "''", "''"),
        ("a b", "'a b'", "'a b'"),
        ("it's", '"it\'s"', '"it\'s"'),
        ('a"b', "'a\"b'", "'a\"b'"),
        ("a'b\"c\\", '"a\'b\\"c\\\\"', '"a\'b\\"c\\\\"'),
        ("{x}", "{x}", "'{x}'"),
        ("{x y}", "'{x y}'", "'{x y}'"),
        ("a\\b", "'a\\b'", "'a\\b'"),
    ],
)
def test_a_word_is_quoted_where_it_has_to_be(word, quoted, always):
    """And comes back as it was."""
    assert (quote_word(word), quote_word(word, always=True)) == (quoted, always)
    assert split_words(quoted) == split_words(always) == (word,)
