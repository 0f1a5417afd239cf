"""Twenty questions of a working day, each with the line that answers it, and the answer by the sandbox's own records.

An answer is what a colleague would name: the keys of bugs, names, texts, a sum.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from zbt_notebook.simulator.data import portal, prose

ZONE = ZoneInfo(portal.ZONE_NAME)
DAY = 86_400_000


@dataclass(frozen=True)
class Facts:
    """What the world holds, in words: the truth that an answer is compared with."""

    store: Any
    now_ms: int

    def key(self, bug):
        return f"{self.store.projects.get(bug.project_id).prefix}-I{bug.number}"

    def name(self, number):
        return self.store.choices[number].name

    def who(self, number):
        member = self.store.members.get(number)
        return member.name if member else "Unassigned"

    def bugs(self, test):
        return {self.key(bug) for bug in self.store.bugs if test(bug)}

    def logs(self, test):
        return [log for log in self.store.logs if log.bug_id and test(log)]

    @property
    def today(self):
        return datetime.fromtimestamp(self.now_ms / 1000, UTC).astimezone(ZONE).date()

    def midnight(self, days_back):
        day = self.today - timedelta(days=days_back)
        return datetime(day.year, day.month, day.day, tzinfo=ZONE).timestamp() * 1000


@dataclass(frozen=True)
class Question:
    """``line`` answers it; ``found`` reads the answer from what the line gave, ``true`` from the world."""

    text: str
    line: str
    found: Callable[[Any], Any]
    true: Callable[[Facts], Any]


def keys(frame):
    return set(frame["key"])


def one_bug(facts):
    """A bug about which something was said."""
    return next(
        bug
        for bug in facts.store.bugs.of(facts.store.projects.find(portal.PROJECT_BASE, "").id)
        if bug.comment_count > 1
    )


QUESTIONS = (
    Question(
        "Which critical bugs are open?",
        "bugs status==Open severity==Critical",
        keys,
        lambda facts: facts.bugs(
            lambda b: facts.name(b.status_id) == "Open" and facts.name(b.severity_id) == "Critical"
        ),
    ),
    Question(
        "Which bugs of mine are not closed?",
        "bugs assignee==me closed==false",
        keys,
        lambda facts: facts.bugs(lambda b: facts.who(b.assignee) == portal.MEMBERS[0].name and b.closed_ms is None),
    ),
    Question(
        "What did María finish that was critical or worse?",
        'bugs assignee=="María García" severity=="Show stopper,Critical" status==Closed',
        keys,
        lambda facts: facts.bugs(
            lambda b: (
                facts.who(b.assignee) == "María García"
                and facts.name(b.severity_id) in {"Show stopper", "Critical"}
                and facts.name(b.status_id) == "Closed"
            )
        ),
    ),
    Question(
        "Which open bugs has nobody taken?",
        "bugs assignee==none closed==false",
        keys,
        lambda facts: facts.bugs(lambda b: not b.assignee and b.closed_ms is None),
    ),
    Question(
        "What was reported in the last thirty days?",
        "bugs created>=-30d",
        keys,
        lambda facts: facts.bugs(lambda b: b.created_ms >= facts.midnight(30)),
    ),
    Question(
        "What changed since yesterday?",
        "bugs updated>=yesterday",
        keys,
        lambda facts: facts.bugs(lambda b: b.updated_ms >= facts.midnight(1)),
    ),
    Question(
        "What is overdue?",
        "bugs due<today closed==false",
        keys,
        lambda facts: facts.bugs(
            lambda b: (
                b.due_ms is not None
                and datetime.fromtimestamp(b.due_ms / 1000, UTC).date() < facts.today
                and b.closed_ms is None
            )
        ),
    ),
    Question(
        "Which bugs speak of time zones?",
        'bugs "title~=time zone"',
        keys,
        lambda facts: facts.bugs(lambda b: "time zone" in b.title.casefold()),
    ),
    Question(
        "What is in the milestone HW1 3.1?",
        "bugs 'milestone==HW1 3.1'",
        keys,
        lambda facts: facts.bugs(
            lambda b: b.milestone_id and facts.store.milestones.get(b.milestone_id).name == "HW1 3.1"
        ),
    ),
    Question(
        "Which bugs of Payments have no milestone?",
        "bugs milestone==none --projects Payments",
        keys,
        lambda facts: facts.bugs(
            lambda b: not b.milestone_id and facts.store.projects.get(b.project_id).name == "Payments"
        ),
    ),
    Question(
        "Which crashes are in the mobile module?",
        'bugs classification=="Crash/Hang" module==Mobile',
        keys,
        lambda facts: facts.bugs(
            lambda b: facts.name(b.classification_id) == "Crash/Hang" and facts.name(b.module_id) == "Mobile"
        ),
    ),
    Question(
        "What was seen on staging?",
        "bugs Environment==staging",
        keys,
        lambda facts: facts.bugs(lambda b: prose.custom_values(b).get("UDF_CHAR2") == "staging"),
    ),
    Question(
        "What did I report myself?",
        "bugs reporter==me",
        keys,
        lambda facts: facts.bugs(lambda b: facts.who(b.reporter) == portal.MEMBERS[0].name),
    ),
    Question(
        "Which bugs may a customer see?",
        "bugs flag==external",
        keys,
        lambda facts: facts.bugs(lambda b: not b.internal),
    ),
    Question(
        "What was logged on bugs last month, in hours?",
        "timelogs date>={first} date<{following}",
        lambda frame: round(float(frame["hours"].sum()), 6),
        lambda facts: round(sum(log.minutes for log in facts.logs(lambda log: _last_month(facts, log))) / 60, 6),
    ),
    Question(
        "Who works in this portal?",
        "users",
        lambda frame: set(frame["name"]),
        lambda facts: {member.name for member in facts.store.members if member.active},
    ),
    Question(
        "Which projects are there?",
        "projects",
        lambda frame: set(frame["name"]),
        lambda facts: {project.name for project in facts.store.projects},
    ),
    Question(
        "Which milestones are still to be done?",
        "milestones status==notcompleted",
        lambda frame: set(frame["name"]),
        lambda facts: {one.name for one in facts.store.milestones if one.completed_ms is None},
    ),
    Question(
        "What was said about this bug?",
        "comments {key}",
        len,
        lambda facts: one_bug(facts).comment_count,
    ),
    Question(
        "Which tags do we have?",
        "tags",
        lambda frame: set(frame["name"]),
        lambda facts: {tag.name for tag in facts.store.tags},
    ),
)


def _last_month(facts, log):
    first, following = last_month(facts)
    return first <= datetime.fromtimestamp(log.day_ms / 1000, UTC).date() < following


def last_month(facts):
    """The first day of the month before, and of this one."""
    following = facts.today.replace(day=1)
    return (following - timedelta(days=1)).replace(day=1), following
