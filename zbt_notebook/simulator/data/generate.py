"""Two years of a believable issue tracker, from a seed."""

# ruff: noqa: PLR2004  the literal figures are the model: shares, weights and spans of the invented history

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from zbt_notebook.simulator.data import portal, prose, words
from zbt_notebook.simulator.data.hostile import DESCRIPTION, TITLES
from zbt_notebook.simulator.data.rows import (
    Bug,
    Category,
    Document,
    Event,
    Folder,
    Forum,
    Milestone,
    Project,
    TimeLog,
    Version,
)

DAY_MS = 86_400_000
SPAN_DAYS = 730
_QUARTER_MS = SPAN_DAYS * DAY_MS // 8
_SEVERITY_WEIGHTS = (8, 4, 14, 34, 40)
_CLASS_WEIGHTS = (4, 4, 9, 4, 11, 24, 26, 9, 9)
_REPRODUCIBLE_WEIGHTS = (6, 52, 22, 8, 5, 5, 2)
_MODULE_WEIGHTS = (5, 14, 14, 15, 13, 12, 11, 9, 7)
_PATIENCE_DAYS = (40, 3, 9, 25, 60)  # by severity: how long such a bug stays open, typically


@dataclass(slots=True)
class Dataset:
    """All that a fresh portal holds."""

    projects: list[Project] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    bugs: list[Bug] = field(default_factory=list)
    logs: list[TimeLog] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)
    forums: list[Forum] = field(default_factory=list)
    folders: list[Folder] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    next_id: int = portal.BUG_BASE


def generate(*, seed: int = 1, projects: int = 6, bugs: int = 2000, now: float, hostile: bool = False) -> Dataset:
    """Make a portal whose history ends at *now* (seconds since the epoch).

    The same arguments give the same portal; another *now* gives the same history, shifted.
    *hostile* adds one more project, ``Hostile texts``, which is not counted in *projects* and *bugs*.
    """
    history = _History(Random(seed), int(now) * 1000, Dataset())
    made = history.made
    for index in range(projects):
        made.projects.append(history.project(index))
    shares = [portal.PROJECTS[index % len(portal.PROJECTS)][3] for index in range(projects)]
    for project, count in zip(made.projects, _apportion(bugs, shares), strict=True):
        history.fill(project, count)
    if hostile:
        history.add_hostile()
    made.next_id += portal.BUG_STRIDE
    return made


def _apportion(total: int, shares: list[int]) -> list[int]:
    whole = sum(shares)
    counts = [total * share // whole for share in shares]
    for index in range(total - sum(counts)):
        counts[index % len(counts)] += 1
    return counts


@dataclass(slots=True)
class _History:
    """The making of one data set: its randomness, its present, what is made so far."""

    rng: Random
    now_ms: int
    made: Dataset

    def _take_id(self, step: int = 1) -> int:
        taken = self.made.next_id
        self.made.next_id += step
        return taken

    def project(self, index: int) -> Project:
        name, prefix, about, _ = portal.PROJECTS[index % len(portal.PROJECTS)]
        repeat = index // len(portal.PROJECTS)
        active = [member.id for member in portal.MEMBERS if member.active]
        team = (*sorted(self.rng.sample(active[1:], min(7, len(active) - 1))), active[0])
        return Project(
            id=portal.PROJECT_BASE + 14 * index,
            name=f"{name} {repeat + 1}" if repeat else name,
            prefix=f"{prefix}{repeat + 1}",
            description=about,
            owner=self.rng.choice(team),
            created_ms=self.now_ms - SPAN_DAYS * DAY_MS - self.rng.randint(5, 400) * DAY_MS,
            team=team,
        )

    def fill(self, project: Project, count: int) -> None:
        milestones = self._milestones(project)
        self.made.milestones += milestones
        fresh = list(self._bugs(project, count, milestones))
        self.made.bugs += fresh
        self.made.logs += self._logs(project, fresh)
        self._surroundings(project)

    def _milestones(self, project: Project) -> list[Milestone]:
        start = self.now_ms - SPAN_DAYS * DAY_MS
        milestones = []
        for quarter in range(10):  # two of them are still to come
            begin = start + quarter * _QUARTER_MS
            end = begin + _QUARTER_MS - DAY_MS
            done = end + self.rng.randint(-3, 9) * DAY_MS
            milestones.append(
                Milestone(
                    id=self._take_id(2),
                    project_id=project.id,
                    name=f"{project.prefix} {2 + quarter // 4}.{quarter % 4}",
                    owner=self.rng.choice(project.team),
                    start_ms=begin // DAY_MS * DAY_MS,
                    end_ms=end // DAY_MS * DAY_MS,
                    internal=self.rng.random() < 0.7,
                    completed_ms=done if done < self.now_ms else None,
                )
            )
        return milestones

    def _bugs(self, project: Project, count: int, milestones: list[Milestone]) -> Iterator[Bug]:
        severities = self.rng.choices(range(5), _SEVERITY_WEIGHTS, k=count)
        classes = self.rng.choices(portal.CLASSIFICATIONS, _CLASS_WEIGHTS, k=count)
        reproducibles = self.rng.choices(portal.REPRODUCIBLES, _REPRODUCIBLE_WEIGHTS, k=count)
        modules = self.rng.choices(portal.MODULES, _MODULE_WEIGHTS, k=count)
        random, getrandbits = self.rng.random, self.rng.getrandbits
        team, start = project.team, self.now_ms - SPAN_DAYS * DAY_MS
        for number, created in enumerate(self._moments(count, start), 1):
            grain = getrandbits(31)
            severity = severities[number - 1]
            wait = int(self.rng.expovariate(1 / _PATIENCE_DAYS[severity]) * DAY_MS) + 3_600_000
            ends = random() < 0.93
            closed = created + wait if ends and created + wait < self.now_ms else None
            quarter = min((created - start) // _QUARTER_MS, 7)
            progress = int(random() * 10)
            status = portal.STATUSES[3 if closed else (0, 0, 0, 0, 0, 1, 1, 1, 2, 4)[progress]]
            talk = int(random() * random() * 12)
            lately = int(random() * min(wait, self.now_ms - created)) if talk or progress > 4 else 0
            updated = closed or created + lately
            yield Bug(
                id=self._take_id(portal.BUG_STRIDE),
                project_id=project.id,
                number=number,
                title=prose.title(grain, modules[number - 1].name, classes[number - 1].name),
                grain=grain,
                reporter=team[grain % len(team)],
                assignee=0 if closed is None and progress < 3 else team[grain // 7 % len(team)],
                status_id=status.id,
                severity_id=portal.SEVERITIES[severity].id,
                reproducible_id=reproducibles[number - 1].id,
                classification_id=classes[number - 1].id,
                module_id=modules[number - 1].id,
                milestone_id=milestones[quarter + (grain % 3 == 0)].id if random() < 0.6 else 0,
                affected_id=milestones[max(quarter - 1, 0)].id if random() < 0.2 else 0,
                internal=grain % 10 < 7,
                created_ms=created,
                updated_ms=updated,
                due_ms=(created // DAY_MS + 3 + grain % 40) * DAY_MS if grain % 9 < 4 else None,
                closed_ms=closed,
                comment_count=talk,
                attachment_count=grain % 2 + 1 if grain % 11 == 0 else 0,
                escalation=0 if grain % 29 else 1,
                tags=(portal.TAGS[grain // 13 % len(portal.TAGS)].id,) if grain % 8 == 0 else (),
            )

    def _moments(self, count: int, start: int) -> list[int]:
        """Choose *count* moments in order: more of them lately, fewer at night, at weekends and between releases."""
        rng = Random(self.rng.getrandbits(32))  # its own: how often it is asked depends on the weekday that now is
        moments: list[int] = []
        while len(moments) < count:
            moment = start + int(rng.random() ** 0.8 * (self.now_ms - start))
            since_release = (moment - start) % _QUARTER_MS / _QUARTER_MS
            weekday = (moment // DAY_MS + 3) % 7
            hour = moment % DAY_MS // 3_600_000
            likely = (0.25 if weekday > 4 else 1.0) * (1.0 if 11 <= hour <= 22 else 0.2) * (1.2 - 0.7 * since_release)
            if rng.random() < likely:
                moments.append(moment // 1000 * 1000)
        moments.sort()
        return moments

    def _logs(self, project: Project, bugs: list[Bug]) -> Iterator[TimeLog]:
        for bug in bugs:
            for _ in range((1, 2, 3)[bug.grain % 3] if bug.grain % 5 == 0 else 0):
                at = bug.created_ms + int(self.rng.random() * (bug.updated_ms - bug.created_ms))
                yield TimeLog(
                    self._take_id(),
                    project.id,
                    bug.id,
                    bug.assignee or bug.reporter,
                    at // DAY_MS * DAY_MS,
                    self.rng.randint(1, 24) * 15,
                    self.rng.random() < 0.7,
                    self.rng.choice(words.LOG_NOTES),
                    at,
                    approval=self.rng.choice(("Pending", "Approved", "Approved")),
                )
        for week in range(12):
            at = self.now_ms - (week * 7 + self.rng.randint(0, 4)) * DAY_MS
            yield TimeLog(
                self._take_id(),
                project.id,
                0,
                self.rng.choice(project.team),
                at // DAY_MS * DAY_MS,
                self.rng.randint(1, 8) * 30,
                billable=False,
                notes="",
                created_ms=at,
                name=self.rng.choice(words.MEETINGS),
            )

    def _surroundings(self, project: Project) -> None:
        self._events(project)
        self._forums(project)
        self._documents(project)

    def _events(self, project: Project) -> None:
        for week in range(-8, 4):
            begin = (self.now_ms // DAY_MS + 7 * week) * DAY_MS + self.rng.randint(12, 19) * 3_600_000
            people = tuple(self.rng.sample(project.team, min(4, len(project.team))))
            self.made.events.append(
                Event(
                    self._take_id(),
                    project.id,
                    self.rng.choice(words.MEETINGS),
                    self.rng.choice(words.ROOMS),
                    begin,
                    self.rng.choice((30, 60, 90)),
                    people,
                )
            )

    def _forums(self, project: Project) -> None:
        categories = [Category(self._take_id(), project.id, name) for name in ("General", "Releases")]
        self.made.categories += categories
        for index, topic in enumerate(words.TOPICS):
            at = self.now_ms - self.rng.randint(1, 300) * DAY_MS
            text = f"<div>{self.rng.choice(words.EXPECTED)}</div>"
            self.made.forums.append(
                Forum(
                    self._take_id(8),
                    project.id,
                    topic,
                    text,
                    self.rng.choice(project.team),
                    at,
                    self.rng.choice(categories).id,
                    sticky=index == 0,
                )
            )

    def _documents(self, project: Project) -> None:
        folder = Folder(self._take_id(), project.id, "General")
        self.made.folders += [folder, Folder(self._take_id(), project.id, "Specifications", discussion=True)]
        for paper in words.PAPERS:
            at = self.now_ms - self.rng.randint(1, 300) * DAY_MS
            body = "\n".join(self.rng.sample(words.EXPECTED, 3)).encode()
            version = Version(self._take_id(), "1.0", self.rng.choice(project.team), at, body)
            kind = "text/csv" if paper.endswith("csv") else "text/plain"
            self.made.documents.append(Document(self._take_id(), project.id, folder.id, paper, kind, (version,)))

    def add_hostile(self) -> None:
        project = replace(
            self.project(len(self.made.projects)),
            name="Hostile texts",
            prefix="EVIL",
            description="Titles that attack whoever shows them. <script>document.title='owned'</script>",
            hostile=True,
        )
        self.made.projects.append(project)
        milestones = self._milestones(project)
        self.made.milestones += milestones
        for bug in self._bugs(project, len(TITLES), milestones):
            self.made.bugs.append(replace(bug, title=TITLES[bug.number - 1], description=DESCRIPTION))
        self._surroundings(project)
