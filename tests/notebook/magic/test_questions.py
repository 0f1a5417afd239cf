"""The questions of a working day are answered in one line, and right, whichever API answers."""

import pytest

from tests.notebook.magic.questions import QUESTIONS, Facts, last_month, one_bug
from zbt_notebook.client.limits.rate_limit import RateLimits


@pytest.fixture(params=["classic", "v3"])
def facts(request, connection, site):
    """A signed-in notebook, and the truth; with the classic API off for the second round."""
    world = site.world
    connection.client.limits = RateLimits(lambda: 0, connection.client.today, limit=10_000)
    world.set(
        v3_custom_fields_as="list", url_limit=0, v3_limit=0, classic_end="410" if request.param == "v3" else "none"
    )
    store, now_ms = world.bugtracker().store, int(connection.client.today().timestamp() * 1000)
    store.bugs.change(next(iter(store.bugs)), updated_ms=now_ms)  # at some times of day nothing else is as new
    yield Facts(store, now_ms)
    world.set(classic_end="none")


def test_there_are_twenty_of_them():
    """Each is a question, and no two lines are the same."""
    assert len(QUESTIONS) == len({question.line for question in QUESTIONS}) == 20
    assert all(question.text.endswith("?") for question in QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text)
def test_a_line_answers_it(question, facts, zbt, shell):
    """What the line gives is what the world itself holds."""
    first, following = last_month(facts)
    shell.user_ns |= {"first": first, "following": following, "key": facts.key(one_bug(facts))}
    truth = question.true(facts)
    assert question.found(zbt(question.line)) == truth
    assert truth
