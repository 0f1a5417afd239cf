"""The data set: reproducible, believable, of any size."""

import statistics
import threading
from collections import Counter
from pathlib import Path

from zbt_notebook.simulator.data import generate

NOW = 1_790_000_000
DAY = 86_400


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_the_same_seed_gives_the_same_portal():
    """Arguments decide everything; another seed gives another portal."""
    assert generate(seed=7, bugs=200, now=NOW) == generate(seed=7, bugs=200, now=NOW)
    assert generate(seed=7, bugs=200, now=NOW).bugs != generate(seed=8, bugs=200, now=NOW).bugs


def test_another_now_shifts_the_history():
    """Titles stay whenever the sandbox is started; a week later, all times are a week later."""
    bugs = generate(bugs=200, now=NOW).bugs
    assert [bug.title for bug in generate(bugs=200, now=NOW + 1.6 * DAY).bugs] == [bug.title for bug in bugs]
    later = generate(bugs=200, now=NOW + 7 * DAY).bugs
    assert [bug.updated_ms - 7_000 * DAY for bug in later] == [bug.updated_ms for bug in bugs]


def test_the_usual_size():
    """Six projects share 2,000 bugs over the two years that end now; all ids have 18 digits and are unique."""
    made = generate(now=NOW)
    assert (len(made.projects), len(made.bugs)) == (6, 2000)
    first, last = min(bug.created_ms for bug in made.bugs), max(bug.updated_ms for bug in made.bugs)
    assert NOW - 731 * DAY < first / 1000 < NOW - 690 * DAY
    assert NOW - 10 * DAY < last / 1000 <= NOW
    rows = (
        made.projects,
        made.milestones,
        made.bugs,
        made.logs,
        made.events,
        made.forums,
        made.folders,
        made.documents,
    )
    ids = [row.id for table in rows for row in table]
    assert len(ids) == len(set(ids))
    assert {len(str(number)) for number in ids} == {18}


def test_the_history_is_believable():
    """Old bugs are mostly closed, severe ones sooner, weekends are quiet, titles vary and fit their module."""
    made = generate(now=NOW)
    old = [bug for bug in made.bugs if bug.created_ms / 1000 < NOW - 365 * DAY]
    assert sum(bug.closed_ms is not None for bug in old) / len(old) > 0.85
    assert all(bug.created_ms <= bug.updated_ms for bug in made.bugs)
    assert all(bug.closed_ms is None or bug.created_ms < bug.closed_ms <= bug.updated_ms for bug in made.bugs)
    waits = {}
    for severity in {bug.severity_id for bug in made.bugs}:
        found = [bug.closed_ms - bug.created_ms for bug in made.bugs if bug.closed_ms and bug.severity_id == severity]
        waits[severity] = statistics.median(found)
    severities = sorted(waits)  # None, Show stopper, Critical, Major, Minor
    assert waits[severities[1]] < waits[severities[2]] < waits[severities[3]] < waits[severities[4]]
    weekdays = Counter((bug.created_ms // 86_400_000 + 3) % 7 for bug in made.bugs)
    assert max(weekdays[5], weekdays[6]) < min(weekdays[day] for day in range(5))
    titles = Counter(bug.title for bug in made.bugs)
    assert len(titles) > 1200
    assert all(10 < len(title) < 120 for title in titles)


def test_the_hostile_project_is_off_unless_asked_for():
    """It is additional, marked and named."""
    assert not any(project.hostile for project in generate(bugs=10, now=NOW).projects)
    made = generate(bugs=10, now=NOW, hostile=True)
    assert [project.name for project in made.projects if project.hostile] == ["Hostile texts"]
    assert (len(made.projects), len(made.bugs) - 10) == (
        7,
        sum(bug.project_id == made.projects[-1].id for bug in made.bugs),
    )


def test_any_number_of_projects_and_bugs():
    """No bug at all, more projects than there are names: both work."""
    assert generate(bugs=0, now=NOW).bugs == []
    many = generate(projects=15, bugs=100, now=NOW)
    assert len({project.name for project in many.projects}) == 15
    assert len(many.bugs) == 100
    assert generate(projects=0, bugs=0, now=NOW).projects == []


def test_many_bugs(caller, home):
    """20,000 bugs take under 80 MB, five times as many therefore under 400; each is found, on its page."""
    caller.switch(url_limit=0)
    before = resident_bytes()
    caller.tracker.generate(bugs=20_000)
    assert resident_bytes() - before < 80e6
    assert len(caller.tracker.store.bugs) == 20_000
    total = len(caller.tracker.store.bugs.of(int(home.rpartition("/")[2])))
    pages = [caller.get(f"{home}/bugs/", range=200, index=index)["bugs"] for index in range(1, total + 1, 200)]
    assert [len(page) for page in pages[:-1]] == [200] * (len(pages) - 1)
    assert len({bug["id"] for page in pages for bug in page}) == total


def test_writers_and_readers_do_not_disturb_each_other(caller, home):
    """Eight threads write and read at once; every write is there, under a number of its own."""
    caller.switch(url_limit=0)
    failures = []

    def work(name):
        for turn in range(15):
            if caller.form(f"{home}/bugs/", title=f"{name} {turn}").status != 201:
                failures.append("write")
            if caller.send("GET", f"{home}/bugs/", range=50).status != 200:
                failures.append("read")

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    numbers = [bug.number for bug in caller.tracker.store.bugs.of(int(home.rpartition("/")[2]))]
    assert len(numbers) == len(set(numbers)) == 90 + 120
