"""Whatever is typed behind a word: what would be sent, or an error of two lines."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.notebook.magic.test_any_line import VALUES, bits
from tests.tiers import examples
from zbt_notebook.client.errors import ZbtError
from zbt_notebook.client.limits.rate_limit import RateLimits
from zbt_notebook.client.redactor import holds_token
from zbt_notebook.notebook.magic.grammar.options import LISTS

NAMES = st.sampled_from(
    [
        "status",
        "severity",
        "assignee",
        "created",
        "due",
        "Customer",
        "tags",
        "key",
        "closed",
        "milestone",
        "date",
        "owner",
        "Platforms",
        "Reviewers",
        "updated",
        "description",
    ]
)
SAID = st.sampled_from(
    ["Open", "open,Closed", "none", "me", "-30d", "2026-13-40", "today", "Maya", "3", "{frame}", "{loop}", "{half}"]
)
COMPARED = ("==", "!=", ">=", "<=", ">", "<", "~=", "=", "=>", ":=", "")
filters = st.tuples(NAMES | bits, st.sampled_from(COMPARED), SAID | bits).map("".join)
word_lines = st.one_of(
    st.tuples(st.sampled_from(LISTS), st.lists(filters | bits, max_size=4).map(" ".join)).map(" ".join),
    st.tuples(
        st.sampled_from(["bug new", "bug XX9-I1", "bug", "comments", "history XX9-I1", "attachments"]),
        st.lists(filters | bits, max_size=4).map(" ".join),
    ).map(" ".join),
)


def two_lines(refusal):
    lines = refusal._render_traceback_()
    return len(lines) == 2 and not any("\n" in part for part in lines)


@pytest.fixture(params=["classic", "v3"])
def api(request, using, site):
    """Each API, as Zoho has them before and after the end of the classic one."""
    site.world.set(classic_end="410" if request.param == "v3" else "none")
    using.lookups.forget()
    yield request.param
    site.world.set(classic_end="none")


def test_any_words_are_shown_or_refused(api, shell, using, site):  # noqa: ARG001  runs once an API
    """No field, operator or value behind a word, and no value behind a name, ends otherwise than in two lines."""
    using.client.limits = RateLimits(lambda: 0, using.client.today, limit=1_000_000)
    shell.user_ns |= VALUES
    magic = shell.magics_manager.magics["line"]["zbt"]
    store = site.world.bugtracker().store
    before = {bug.id: bug for bug in store.bugs}

    @settings(max_examples=examples(150))
    @given(word_lines.filter(lambda line: not holds_token(line) and "\n" not in line))
    @example("bugs status==Opne")
    @example("bugs due>=none")
    @example("bugs assignee=={frame}")
    @example("bugs title~={huge}")
    @example("timelogs date>=soon")
    @example("bug new severity=Major")
    @example("bug new title={half}")
    @example("bug new title=x due={nested}")
    @example("bug XX9-I1 close")
    @example("bugs '{half}==1'")
    def check(line):
        try:
            magic(f"{line} --dry-run")
        except ZbtError as refusal:
            assert two_lines(refusal)

    check()
    assert {bug.id: bug for bug in store.bugs} == before


@pytest.mark.parametrize("line", ["bugs severity==Critical", "timelogs", "milestones status==notcompleted"])
def test_a_list_that_the_api_refuses_takes_two_lines(api, shell, site, line):  # noqa: ARG001  runs once an API
    """Zoho's own refusal is told like any other mistake."""
    magic = shell.magics_manager.magics["line"]["zbt"]
    for path in ("*/bugs/", "*/logs/", "*/milestones/", "*/issues", "*/timelogs", "*/milestones", "*/phases"):
        site.faults.add(kind="status", status=400, path=path, times=None)
    with pytest.raises(ZbtError) as caught:
        magic(line)
    assert two_lines(caught.value)


def test_a_filter_that_v3_refuses_is_answered(shell, using, site, request):
    """The list is read without it: the same keys as where it is heeded."""
    magic = shell.magics_manager.magics["line"]["zbt"]
    site.world.set(classic_end="410", v3_limit=0)
    usual = {"classic_end": "none", "filter_on_issues": "honoured", "v3_limit": 200}
    request.addfinalizer(lambda: site.world.set(**usual))
    using.lookups.forget()
    heeded = list(magic("bugs severity==Critical status!=Closed")["key"])
    site.world.set(filter_on_issues="refused")
    assert sorted(magic("bugs severity==Critical status!=Closed")["key"]) == sorted(heeded)
    assert heeded
