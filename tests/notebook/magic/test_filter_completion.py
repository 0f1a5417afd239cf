"""Tab on the line of a word: fields, operators and the portal's own values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.completer import provisionalcompleter

from zbt_notebook.client.bugs.filters import read_filter
from zbt_notebook.client.bugs.vocabulary import vocabulary
from zbt_notebook.notebook.magic.completion import Known, complete

VALUES = {
    "status": ("Open", "In progress", "Closed"),
    "severity": ("Critical", "Major"),
    "assignee": ("Maya Lindqvist", "Tom O'Connor"),
    "tags": ("flaky", "quick-win"),
    "Support ticket": (),
    "Environment": ("production", "staging"),
}
KNOWN = Known(values=VALUES)


def texts(line):
    return [completion.text for completion in complete(line, len(line), KNOWN)]


def test_a_column_that_is_chosen_is_not_offered_again():
    """Nor is any where the table's columns are not known."""
    assert texts("bugs --columns title,tit") == []
    assert texts("/portals/ --columns ti") == []


def test_a_choice_that_is_called_none_is_offered_once():
    """``None`` and ``none`` mean the same in a filter: two lines of one meaning would only puzzle."""
    line = "bugs severity=="
    offered = [one.text for one in complete(line, len(line), Known(values={"severity": ("Critical", "None")}))]
    assert offered == ["severity==Critical", "severity==None"]


@pytest.mark.parametrize("line", ["bug HW1-I1 assignee=", "bug HW1-I1 due=", "bug new severity="])
def test_a_write_is_not_offered_what_it_refuses(line):
    """Zoho documents no way to empty these, so ``none`` is no value of theirs in a write."""
    assert texts(line)
    assert f"{line.rpartition(' ')[2]}none" not in texts(line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("bu", ["bugs", "bug"]),
        ("bugs sta", ["status=="]),
        ("bugs status", ["status==", "status!=", "status~="]),
        ("bugs created", ["created==", "created>=", "created<"]),
        ("bugs status==O", ["status==Open"]),
        ("bugs status==In", ["status==In\\ progress"]),
        ('bugs "status==In', ['"status==In progress']),
        ("bugs status==Open,C", ["status==Open,Closed"]),
        ("bugs assignee==", ["assignee==me", "assignee==none", "assignee==Maya\\ Lindqvist"]),
        ("bugs severity>=", ["severity>=Major"]),
        ("bugs created>=", ["created>=today", "created>=-30d"]),
        ("bugs closed==", ["closed==true", "closed==false"]),
        ("bugs Env", ["Environment=="]),
        ("bugs Environment==s", ["Environment==staging"]),
        ("bugs Sup", ["Support\\ ticket=="]),
        ("bugs status==Open --ex", ["--explain"]),
        ("bugs --columns tit", ["title"]),
        ("bugs --columns=tit", ["--columns=title"]),
        ("bugs --columns key,sever", ["key,severity"]),
        ("bugs --columns key,Sup", ["key,Support\\ ticket"]),
        ("timelogs --columns ho", ["hours"]),
        ("bug ", ["new"]),
        ("bug HW1-I6 ", ["close", "reopen", "status=", "comment="]),
        ("bug HW1-I6 severity=M", ["severity=Major"]),
        ("bug HW1-I6 tags=", ["tags=flaky", "tags=quick-win", "tags=none"]),
        ("bug HW1-I6 tags=flaky,", ["tags=flaky,quick-win"]),
        ("bugs tags==flaky,q", ["tags==flaky,quick-win"]),
        ("timelogs da", ["date=="]),
    ],
)
def test_what_comes_next(line, expected):
    """From the one table of fields and from what the portal has."""
    assert set(expected) <= set(texts(line))


def test_a_tag_that_is_there_is_not_offered_again():
    """Nor is none, beside another."""
    assert texts("bug HW1-I6 tags=flaky,") == ["tags=flaky,quick-win"]


@pytest.mark.parametrize(
    "line", ["bugs module>=", "bugs status~=", "bugs due>=", "bugs nonsense==", "bugs status==Open,Open,"]
)
def test_what_cannot_be_is_not_offered(line):
    """An operator that a field has not, a field that is none; what stands there already is not offered twice."""
    assert not [text for text in texts(line) if text.endswith(("Open", "none") if ">" in line else "Open")]


@given(st.sampled_from(sorted(VALUES)), st.sampled_from(["==", "!="]), st.data())
def test_what_is_offered_can_be_read(name, operator, data):
    """A completed filter is one that the parser takes."""
    from zbt_notebook.notebook.magic.grammar.tokenizer import split_words

    offered = texts(f"bugs {name.replace(' ', chr(92) + ' ')}{operator}")
    if offered:
        (word,) = split_words(data.draw(st.sampled_from(offered)))
        assert read_filter(word).name == name


def test_tab_learns_the_portals_own_words(shell, connection, zbt, site):
    """The first Tab fetches the lists, once; from then on they are known."""
    zbt("use portal=brightwater project='Harbor Web'")

    def offered(text):
        with provisionalcompleter():
            return [one.text for one in shell.Completer.completions(text, len(text))]

    assert "severity==Critical" in [text.strip() for text in offered("%zbt bugs severity==Cr")]
    before = site.world.log.api_requests
    assert offered("%zbt bugs assignee==Tom")
    assert offered("%zbt bugs Environment==st")
    assert site.world.log.api_requests == before
    assert "Critical" in vocabulary(connection.lookups)["severity"]
