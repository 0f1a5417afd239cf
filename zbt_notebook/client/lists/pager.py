"""Which page of a list to ask for next, so that no record is missed or doubled while others come and go; nothing sent.

A list is a window onto rows that move: a row added before the place one reads shifts the others into the next page
(they come twice), a row deleted there shifts them into the page one has already read (they never come). Two ways out:

* **Count known**: all pages are asked for at once. The rows that came are compared with the rows that were announced;
  rows made since then do not count. Where they differ, the list is swept once more in the other way.
* **Sweep**: each page begins with the last record of the page before. As long as a page holds a record that the sweep
  has reached, the pages join without a gap. Where none is in it, rows were deleted, and the sweep steps back a page.
  Where pages bring nothing new, either many rows were added before them, or the server does not look at the index: the
  first page is looked at once more, to know. It is an error where nothing moved and the page had come before.
* A **short page** is the last one where nothing contradicts it: an announced count, the server's word that there is
  more, or its own size, which may be the server's cap (100 where 200 were asked for) where no larger page has come, in
  this list or in others of the same kind. Then one request more settles it.

V3 numbers its pages, so that none begins at any record one likes; but the third page of 198 begins at the 397th, where
the second page of 199 has reached the 398th: pages of falling sizes join too (``Ask.following``).

A list with the newest change first moves in another way as well: a row that is changed goes to its beginning, perhaps
from where the sweep has not come to. So its beginning is swept again at the end, down to a row that has not changed.
"""

from collections.abc import Callable, Sequence
from typing import Any

from zbt_notebook.client.lists.page import PAGE_SIZE, Ask, Largest, identities, share_ids
from zbt_notebook.client.lists.sweep import Sweep, repeated, torn

_STEPS_BACK = 8  # in a row; a server that answers by chance must not keep a sweep going for ever …
_LOOKS_BACK = 8  # … nor may one whose list grows faster than it is read
_IDLE_PAGES = 2  # full pages in a row that bring nothing new: does the server look at the index
_MOST_ALIKE = 50  # pages in a row of rows that are all the same: such a list may have no end
_SMALLEST_CAP = 10  # records; a shorter page is taken for a short list, not for a server that gives so few


class Pager:
    """The pages of one list. Thinks only; not for use by two threads at once.

    *expected* is the number of rows that the list is announced to have, *at_most* a number that it cannot exceed.
    *is_new* tells a record that was made after the announcement. *numbered* is whether the list counts pages, not
    records. *is_past* tells a record after which nothing wanted comes, in a list with the newest change first.
    *largest* is shared by lists whose pages one server caps alike.
    """

    def __init__(
        self,
        *,
        size: int = PAGE_SIZE,
        start: int = 1,
        expected: int | None = None,
        at_most: int | None = None,
        limit: int | None = None,
        numbered: bool = False,
        is_new: Callable[[Any], bool] | None = None,
        is_past: Callable[[Any], bool] | None = None,
        largest: Largest | None = None,
    ) -> None:
        wanted = size if limit is None else min(size, max(limit, 1))
        self.size = size if numbered and (start - 1) % wanted else wanted  # a page of another size begins elsewhere
        self.start = start
        self.expected = expected
        self.done = limit == 0 or expected == 0 or at_most == 0
        self.began = False  # a page has come
        self.came = 0  # different records
        self.miscounted = False  # the announced number was wrong though nothing moved
        self.sharing = 0  # records that bear an id which others of their page bear
        self._at_most = at_most
        self._limit = limit
        self._numbered = numbered
        self._joins = self.size > 2  # noqa: PLR2004  a page of two would not move on
        self._is_new = is_new
        self._is_past = is_past
        self._made_since = 0
        self._seen: set[str] = set()
        self._ready: list[list[Any]] = []
        self._waiting: list[Ask] = []
        self._sent: set[Ask] = set()
        self._early: dict[Ask, Sequence[Any]] = {}
        self._all: list[Ask] = []  # of the pages asked for at once, those whose turn is still to come
        self._pages = 0
        self._sweep: Sweep | None = None
        self._sweeps = 0  # that are over
        self._largest = 0  # records on one page
        self._largest_of_all = largest or Largest()
        self._has_ids = True
        self._latest: list[Any] = []  # the page before, where records bear no ids …
        self._alike = 0  # … and how often it has come again
        if not self.done:
            self._begin()

    def _begin(self) -> None:
        wanted = self.expected if self._limit is None or self.expected is None else min(self.expected, self._limit)
        if wanted is None:
            self._start(Sweep(), Ask(self.start, self.size))
        else:
            self._all = [Ask(self.start + at, self.size) for at in range(0, wanted, self.size)]
            self._waiting = list(self._all)
            self._pages = len(self._all)

    def ask(self) -> Ask | None:
        """The next page to ask for now, or None where an answer has to come first."""
        if self.done or not self._waiting:
            return None
        ask = self._waiting.pop(0)
        self._sent.add(ask)
        return ask

    @property
    def can_ask(self) -> bool:
        """Whether there is a page to ask for now."""
        return bool(self._waiting) and not self.done

    def give_back(self, ask: Ask) -> None:
        """Take an ask back that was not answered: it is asked for again, where it is still needed."""
        self._sent.discard(ask)
        if self._sweep is None or self._sweep.at == ask:
            self._waiting.insert(0, ask)

    def claim(self, ask: Ask) -> bool:
        """Mark an ask as sent that ``ask`` would give, now or after others; tell whether it is one."""
        if self.done or ask not in self._waiting:
            return False
        self._waiting.remove(ask)
        self._sent.add(ask)
        return True

    @property
    def held(self) -> int:
        """Pages that were asked for and not given on by ``ready``."""
        return len(self._sent) + len(self._early) + len(self._ready)

    def take(self, ask: Ask, records: Sequence[Any], *, more: bool | None = None) -> None:
        """Take the answer to an ask; ``ready`` then gives what is new.

        *more* is the server's own word on whether the list goes on, where it has one. Raise ApiError where the answers
        do not make up a list: the same page comes again and again, or rows go faster than they can be read.
        """
        self._sent.discard(ask)
        self.began = True
        if self.done:
            return
        if self._sweep is not None:
            if ask == self._sweep.at:  # others were asked for before the sweep began
                self._swept(self._sweep, ask, records, more=more)
            return
        self._early[ask] = records
        while self._all and self._all[0] in self._early:
            first, came = self._all[0], self._early[self._all[0]]
            self._comes_again(came, first)
            del self._all[0], self._early[first]
            self._add(came)
            if not self._all:
                self._compare(first, came)
            elif len(came) < first.size and not self.done:
                self._read_on(first, came)

    def ready(self) -> list[Any]:
        """The records that came since the last call, each once, in the order of the list."""
        records = [record for page in self._ready for record in page]
        self._ready.clear()
        return records

    def _add(self, records: Sequence[Any]) -> int:
        """Keep what has not come before; tell how much that is."""
        wanted = [record for record in records if not self._is_past(record)] if self._is_past else list(records)
        names = identities(wanted)
        known = {name for name in names if name is not None}
        if len(known) == len(names) and self._seen.isdisjoint(known):
            new = wanted
            self._seen |= known
        else:
            new = []
            for record, name in zip(wanted, names, strict=True):
                if name is not None and name in self._seen:
                    continue
                if name is not None:
                    self._seen.add(name)
                new.append(record)
            self.sharing += share_ids(wanted, names)
        if self._limit is not None:
            new = new[: self._limit - self.came]
        self.came += len(new)
        self._largest = max(self._largest, len(records))
        self._largest_of_all.page = max(self._largest_of_all.page, len(records))
        self._has_ids = self._has_ids and None not in names
        if self._is_new:
            self._made_since += sum(map(self._is_new, new))
        if new:
            self._ready.append(new)
        if self._limit is not None and self.came >= self._limit:
            self.done = True
        return len(new)

    def _comes_again(self, records: Sequence[Any], ask: Ask) -> bool:
        """Whether a short page is the one before, come again: rows without ids have no other sign of it.

        Raise ApiError for a full one. Rows that are all alike make pages that are alike: of those, many have to come.
        """
        if None not in identities(records):
            return False
        page = list(records)
        again, self._latest = page == self._latest, page
        self._alike = self._alike + 1 if again else 0
        is_told_apart = any(row != page[0] for row in page)
        if again and (self._alike > _MOST_ALIKE or (is_told_apart and len(page) >= ask.size)):
            raise repeated(ask)
        return again and is_told_apart

    def _compare(self, last: Ask, records: Sequence[Any]) -> None:
        """Are the pages that were announced, and came, all the rows."""
        announced = self._announced
        full = announced < self.came >= self._pages * self.size
        is_empty = not records and last.index == self.start
        settled = is_empty or self.came == announced or (self.came > announced and not full)
        if self.done or settled:
            self.miscounted = not self.done and self.came != announced
            self.done = True
        elif full or self._pages == 1 or not self._has_ids:
            self._read_on(last, records)
        else:
            self._start(Sweep(), Ask(self.start, self.size))

    def _read_on(self, ask: Ask, records: Sequence[Any]) -> None:
        """Sweep from the page that *ask* brought; from the first, where rows may have moved before that page."""
        if ask.index != self.start and len(records) < ask.size and self._has_ids:
            self._start(Sweep(), Ask(self.start, self.size))
            return
        sweep = Sweep()
        sweep.reached.update(self._seen)
        sweep.end = ask.index + len(records) - 1
        if ask.index == self.start:
            sweep.first, sweep.beginning = identities(records), records
        self._joins = self._joins and self._has_ids
        self._learn(ask, records)
        self._start(sweep, self._after(ask, records))

    def _start(self, sweep: Sweep, at: Ask) -> None:
        self._sweep, self._all = sweep, []
        self._early.clear()
        self._go_to(at)

    def _go_to(self, ask: Ask) -> None:
        if self._sweep is not None:
            self._sweep.at = ask
        self._waiting = [ask]

    def _swept(self, sweep: Sweep, ask: Ask, records: Sequence[Any], *, more: bool | None) -> None:
        names = identities(records)
        if sweep.looking_from:
            self._looked_back(sweep, sweep.looking_from, records, names)
            return
        if sweep.first is None and ask.index == self.start:
            sweep.first, sweep.beginning = names, records
        self._joins = self._joins and None not in names  # without ids nothing tells whether pages do
        if self._comes_again(records, ask):
            if more or self._is_owed:
                raise repeated(ask)
            self._end()
            return
        if self._istorn(sweep, ask, names):
            self._step_back(sweep, ask, records)
            return
        known = bool(names) and None not in names and sweep.reached.issuperset(names)
        sweep.idle = sweep.idle + 1 if known else 0
        sweep.page_again, sweep.page = names == sweep.page, names
        sweep.steps_back = sweep.steps_back if known else 0
        sweep.reached.update(name for name in names if name is not None)
        sweep.end = ask.index + len(records) - 1
        new = self._add(records)
        if self.done:
            self._end()
        elif self._ends(sweep, ask, records, new, more=more):
            self._over(sweep, ask)
        elif sweep.idle < _IDLE_PAGES:
            self._learn(ask, records)
            self._go_to(self._after(ask, records))
        elif sweep.first is not None and ask.index > self.start and sweep.looks_back < _LOOKS_BACK:
            sweep.looking_from = ask
            self._go_to(Ask(self.start, self.size))
        else:
            raise repeated(ask)

    def _step_back(self, sweep: Sweep, ask: Ask, records: Sequence[Any]) -> None:
        """Rows were deleted before this page: look for where it joins, and from now on have more in common."""
        if sweep.steps_back >= _STEPS_BACK:
            raise torn(ask)
        back = self._before(ask, sweep.steps_back)
        sweep.steps_back += 1
        sweep.overlap = min(max(2 * sweep.overlap, 8), max(self._largest // 2, 1))
        self._add(records)
        if self.done:
            self._end()
        else:
            self._go_to(back)

    def _looked_back(self, sweep: Sweep, at: Ask, records: Sequence[Any], names: list[str | None]) -> None:
        """Go on where rows were added before the place that was reached; an error where one page comes everywhere."""
        moved = names != sweep.first or not (sweep.page_again or sweep.page == names)
        sweep.first, sweep.looking_from, sweep.idle = names, None, 0
        sweep.looks_back += 1
        self._add(records)
        if self.done:
            self._end()
        elif moved:
            self._go_to(self._after(at, ()))
        else:
            raise repeated(at)

    def _over(self, sweep: Sweep, ask: Ask) -> None:
        """The sweep has come to its end: read again what changes have brought to the beginning, if that took time."""
        self._sweeps += 1
        if self._is_past is None or ask.index == self.start or self._sweeps > _LOOKS_BACK:
            self._end()
            return
        self._start(Sweep(until=sweep.beginning), Ask(self.start, self.size))

    def _learn(self, ask: Ask, records: Sequence[Any]) -> None:
        """Number the pages by the size that a server gives that goes on behind a short page."""
        if self._numbered and _SMALLEST_CAP <= len(records) < ask.size and len(records) >= self._largest:
            self.size = len(records)

    def _after(self, ask: Ask, records: Sequence[Any]) -> Ask:
        """The page behind, which joins it where it can."""
        came = Ask(ask.index, len(records)) if records else ask
        if self._numbered and len(records) < min(ask.size, _SMALLEST_CAP) and records:
            return Ask(ask.page * ask.size + 1, ask.size)  # a page from which rows were left out: its number goes on
        if self._joins:
            overlap = self._sweep.overlap if self._sweep else 1
            joining = Ask(max(self.start, came.end - overlap + 1), self.size)
            return came.following(self.size, numbered=True) if self._numbered else joining
        return Ask(came.end // self.size * self.size + 1 if self._numbered else came.end + 1, self.size)

    def _before(self, ask: Ask, steps: int) -> Ask:
        """The page before, of which enough may be left to join what was reached; farther with each step."""
        if self._numbered:
            pages_back = 2**steps - 1
            first = (ask.index - 2) // self.size - pages_back
            return Ask(max(self.start, first * self.size + 1), self.size)
        return Ask(max(self.start, ask.index - self.size * 2**steps + 1), self.size)

    def _end(self) -> None:
        self.miscounted = self.expected is not None and self._limit is None and self.came != self._announced
        self.done = True

    @property
    def _is_owed(self) -> bool:
        """Whether fewer came than were announced."""
        return self.expected is not None and self.came < self._announced

    @property
    def without_new(self) -> int:
        """The records that came and were not made since the announcement."""
        return self.came - self._made_since

    @property
    def _announced(self) -> int:
        return (self.expected or 0) + self._made_since

    def _istorn(self, sweep: Sweep, ask: Ask, names: Sequence[str | None]) -> bool:
        """Whether a page does not join what the sweep has reached, so that rows may be missing in between."""
        if not self._joins or ask.index <= self.start or ask.index > sweep.end:
            return False
        return sweep.reached.isdisjoint(names)

    def _ends(self, sweep: Sweep, ask: Ask, records: Sequence[Any], new: int, *, more: bool | None) -> bool:
        """Whether the list ends with this page, of which *new* records had not come before."""
        is_past = self._is_past is not None and any(map(self._is_past, records))
        if not records or is_past or any(record in sweep.until for record in records):
            return True  # what has not changed since the sweep before has nothing behind it
        if more is not None:
            return not more
        if self._at_most is not None and self.came >= self._at_most:
            return True
        if len(records) >= ask.size:
            return False
        if not new:
            is_largest = len(records) >= self._largest
            return not (self._is_owed and is_largest and ask.index > self.start and len(records) > 1)
        return not (self._is_owed or max(_SMALLEST_CAP, self._largest_of_all.page) <= len(records))
