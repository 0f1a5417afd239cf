"""Which page of a list to fetch next, so that no record is missed or doubled while the list changes. Sends nothing.

A page is a window onto rows that move. A row added before the window pushes others into the next page: they come
twice. A row deleted before it pulls others into the page that was just read: they never come. What is done about it:

* **The count is known**: all pages are fetched at once. The rows that came are compared with the count that was
  announced; rows made since then do not count. Where the two differ, the list is read again by a sweep.
* **Sweep**: each page begins with the last record of the page before. As long as a page holds a record that the sweep
  knows, the pages join without a gap. Where it holds none, rows were deleted, and the sweep steps back.
  Full pages that bring nothing new have two causes: many rows were added before them, or the server ignores the index.
  The first page is fetched again to tell which. It is an error where that page has not moved and comes everywhere.
* **A short page** is the last one unless something contradicts it. An announced count can, and the server's word that
  there is more. So can its own size: a server may give 100 records where 200 were wanted. That is assumed where no
  larger page has come, from this list or others of its kind. One request more then settles it.

* **Records that change places**: pages join, and yet a record may have gone from a page that is to come to one that was
  read. It shows where a page does not go on in the order of those before (``Sweep.keeps_order``). The list is then read
  again, and who reads is told where that does not help.

V3 numbers its pages, so a page cannot begin at any record. But pages of falling sizes join too: the second page of 199
ends with record 398, and the third page of 198 begins with record 397 (``Page.following``). Once rows were deleted, the
pages fall faster and overlap by more.

A list with the newest change first has one more movement: a row that is changed goes to its beginning, perhaps from
where the sweep has not come yet. So the beginning is read again at the end, down to a row that has not changed.
"""

from collections.abc import Callable, Sequence
from typing import Any

from zbt_notebook.client.lists.page import PAGE_SIZE, Largest, Page, identities, share_ids
from zbt_notebook.client.lists.sweep import Sweep, repeated, torn

_STEPS_BACK = 8  # in a row; a server that answers by chance must not keep a sweep going for ever …
_REREADS = 8  # … nor may one whose list grows faster than it is read
_SWEEPS = 3  # of a list whose records change places all the time
_IDLE_PAGES = 2  # full pages in a row that bring nothing new: does the server look at the index
_MOST_ALIKE = 50  # pages in a row of rows that are all the same: such a list may have no end
_SMALLEST_CAP = 10  # records; a shorter page is taken for a short list, not for a server that gives so few


class Pager:
    """The pages of one list. No I/O; not for use by two threads at once.

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
        self.disordered = False  # records changed places whenever it was read: some may not have come
        self.sharing = 0  # records that bear an id which others of their page bear
        self._at_most = at_most
        self._limit = limit
        self._numbered = numbered
        self._joins = self.size > 2  # noqa: PLR2004  a page of two would not move on
        self._is_new = is_new
        self._is_past = is_past
        self._made_since = 0
        self._seen: dict[str, None] = {}  # in the order in which they came
        self._ready: list[list[Any]] = []
        self._waiting: list[Page] = []
        self._sent: set[Page] = set()
        self._early: dict[Page, Sequence[Any]] = {}
        self._all: list[Page] = []  # of the pages fetched at once, those whose records are not added yet
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
            self._start(Sweep(), Page(self.start, self.size))
        else:
            self._all = [Page(self.start + at, self.size) for at in range(0, wanted, self.size)]
            self._waiting = list(self._all)
            self._pages = len(self._all)

    def next_page(self) -> Page | None:
        """The next page to ask for now, or None where an answer has to come first."""
        if self.done or not self._waiting:
            return None
        page = self._waiting.pop(0)
        self._sent.add(page)
        return page

    @property
    def has_next(self) -> bool:
        """Whether there is a page to ask for now."""
        return bool(self._waiting) and not self.done

    def give_back(self, page: Page) -> None:
        """Take back a page that did not come; ``next_page`` gives it again where it is still needed."""
        self._sent.discard(page)
        if self._sweep is None or self._sweep.at == page:
            self._waiting.insert(0, page)

    def claim(self, page: Page) -> bool:
        """Mark a page as sent that ``next_page`` would give, now or later; tell whether it is one."""
        if self.done or page not in self._waiting:
            return False
        self._waiting.remove(page)
        self._sent.add(page)
        return True

    @property
    def held(self) -> int:
        """Pages that were sent for and not yet given out by ``ready``."""
        return len(self._sent) + len(self._early) + len(self._ready)

    def take(self, page: Page, records: Sequence[Any], *, more: bool | None = None) -> None:
        """Take the records of a page; ``ready`` then gives those that are new.

        *more* is the server's own word on whether the list goes on, where it has one. Raise ApiError where the pages
        make no list: the same one comes again and again, or rows go faster than they can be read.
        """
        self._sent.discard(page)
        self.began = True
        if self.done:
            return
        if self._sweep is not None:
            if page == self._sweep.at:  # others were asked for before the sweep began
                self._swept(self._sweep, page, records, more=more)
            return
        self._early[page] = records
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
        """Keep the records that have not come before; give their number."""
        wanted = [record for record in records if not self._is_past(record)] if self._is_past else list(records)
        names = identities(wanted)
        new = self._unseen(wanted, names)
        if self._limit is not None:
            new = new[: self._limit - self.came]
        self.came += len(new)
        self._largest = max(self._largest, len(records))
        self._largest_of_all.records = max(self._largest_of_all.records, len(records))
        self._has_ids = self._has_ids and None not in names
        if self._is_new:
            self._made_since += sum(map(self._is_new, new))
        if new:
            self._ready.append(new)
        if self._limit is not None and self.came >= self._limit:
            self.done = True
        return len(new)

    def _unseen(self, records: list[Any], names: Sequence[str | None]) -> list[Any]:
        """The records that have not come before, by their ids; those without ids are all taken for new."""
        known = dict.fromkeys(name for name in names if name is not None)
        if len(known) == len(names) and self._seen.keys().isdisjoint(known):
            self._seen |= known
            return records
        new = []
        for record, name in zip(records, names, strict=True):
            if name is not None and name in self._seen:
                continue
            if name is not None:
                self._seen[name] = None
            new.append(record)
        self.sharing += share_ids(records, names)
        return new

    def _comes_again(self, records: Sequence[Any], page: Page) -> bool:
        """Whether a short page repeats the one before. Only rows without ids are compared so.

        Raise ApiError for a full page. Where all rows are alike all pages are: then many of them have to come first.
        """
        if None not in identities(records):
            return False
        rows = list(records)
        again, self._latest = rows == self._latest, rows
        self._alike = self._alike + 1 if again else 0
        differ = any(row != rows[0] for row in rows)
        if again and (self._alike > _MOST_ALIKE or (differ and len(rows) >= page.size)):
            raise repeated(page)
        return again and differ

    def _compare(self, last: Page, records: Sequence[Any]) -> None:
        """End where as many rows came as were announced; else read on, or sweep."""
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
            self._start(Sweep(), Page(self.start, self.size))

    def _read_on(self, page: Page, records: Sequence[Any]) -> None:
        """Sweep from *page* on; from the first one, where rows may have moved before it."""
        if page.index != self.start and len(records) < page.size and self._has_ids:
            self._start(Sweep(), Page(self.start, self.size))
            return
        sweep = Sweep()
        sweep.reach(list(self._seen))
        sweep.end = page.index + len(records) - 1
        if page.index == self.start:
            sweep.first, sweep.beginning = identities(records), records
        self._joins = self._joins and self._has_ids
        self._learn(page, records)
        self._start(sweep, self._after(page, records))

    def _start(self, sweep: Sweep, at: Page) -> None:
        self._sweep, self._all = sweep, []
        self._early.clear()
        self._go_to(at)

    def _go_to(self, page: Page) -> None:
        if self._sweep is not None:
            self._sweep.at = page
        self._waiting = [page]

    def _swept(self, sweep: Sweep, page: Page, records: Sequence[Any], *, more: bool | None) -> None:
        names = identities(records)
        if sweep.resume_at:
            self._reread(sweep, sweep.resume_at, records, names)
            return
        if sweep.first is None and page.index == self.start:
            sweep.first, sweep.beginning = names, records
        self._joins = self._joins and None not in names  # without ids nothing tells whether pages do
        if self._comes_again(records, page):
            if more or self._is_owed:
                raise repeated(page)
            self._end()
        elif self._joins and self.start < page.index <= sweep.end and not sweep.knows_any(names):
            self._step_back(sweep, page, records)
        else:
            self._go_on(sweep, page, records, names, more=more)

    def _go_on(
        self, sweep: Sweep, page: Page, records: Sequence[Any], names: list[str | None], *, more: bool | None
    ) -> None:
        """Take a page that joins those before it, and choose the next."""
        known = bool(names) and None not in names and sweep.reached.keys() >= set(names)
        sweep.idle = sweep.idle + 1 if known else 0
        sweep.came_again, sweep.before = names == sweep.before, names
        if not known and (page.index > self.start or sweep.knows_any(names)):
            sweep.steps_back = 0  # but for a first page that is new throughout: a server may answer by chance
        sweep.end = page.index + len(records) - 1
        new = self._add(records)
        is_last = self._ends(sweep, page, records, new, more=more)
        if self._joins and not sweep.keeps_order(names, is_last=is_last):
            sweep.is_disordered = True
        sweep.reach(names)
        if self.done:
            self._end()
        elif is_last:
            self._over(sweep, page)
        elif sweep.idle < _IDLE_PAGES:
            self._learn(page, records)
            self._go_to(self._after(page, records))
        elif sweep.first is not None and page.index > self.start and sweep.rereads < _REREADS:
            sweep.resume_at = page
            self._go_to(Page(self.start, self.size))
        else:
            raise repeated(page)

    def _step_back(self, sweep: Sweep, page: Page, records: Sequence[Any]) -> None:
        """Rows were deleted before this page: step back to where it joins, and let later pages overlap more."""
        if sweep.steps_back >= _STEPS_BACK:
            raise torn(page)
        back = self._before(page, sweep.steps_back)
        sweep.steps_back += 1
        sweep.overlap = min(max(2 * sweep.overlap, 8), max(self._largest // 2, 1))
        self._add(records)
        if self.done:
            self._end()
        else:
            self._go_to(back)

    def _reread(self, sweep: Sweep, at: Page, records: Sequence[Any], names: list[str | None]) -> None:
        """Go on where rows were added before *at*; raise ApiError where one page comes everywhere."""
        moved = names != sweep.first or not (sweep.came_again or sweep.before == names)
        sweep.first, sweep.resume_at, sweep.idle = names, None, 0
        sweep.rereads += 1
        self._add(records)
        if self.done:
            self._end()
        elif moved:
            self._go_to(self._after(at, ()))
        else:
            raise repeated(at)

    def _over(self, sweep: Sweep, page: Page) -> None:
        """The sweep is at its end: read again what has changed places, or come to the beginning, meanwhile."""
        self._sweeps += 1
        self.disordered = sweep.is_disordered
        if sweep.is_disordered and self._sweeps < _SWEEPS:
            self._start(Sweep(), Page(self.start, self.size))
        elif self._is_past is None or page.index == self.start or self._sweeps > _REREADS:
            self._end()
        else:
            self._start(Sweep(until=sweep.beginning), Page(self.start, self.size))

    def _learn(self, page: Page, records: Sequence[Any]) -> None:
        """Take the size of a short page for that of all, where the server caps pages at it."""
        if self._numbered and _SMALLEST_CAP <= len(records) < page.size and len(records) >= self._largest:
            self.size = len(records)

    def _after(self, page: Page, records: Sequence[Any]) -> Page:
        """The page after this one; it overlaps it where it can."""
        came = Page(page.index, len(records)) if records else page
        if self._numbered and len(records) < min(page.size, _SMALLEST_CAP) and records:
            return Page(page.number * page.size + 1, page.size)  # rows were left out of it: its number goes on
        if self._joins:
            overlap = self._sweep.overlap if self._sweep else 1
            joining = came.following(self.size, overlap=overlap, numbered=self._numbered)
            return joining if joining.index >= self.start else Page(self.start, self.size)
        return Page(came.end // self.size * self.size + 1 if self._numbered else came.end + 1, self.size)

    def _before(self, page: Page, steps: int) -> Page:
        """A page before this one, to find a record that the sweep knows; farther back with each step."""
        if self._numbered:
            pages_back = 2**steps - 1
            first = (page.index - 2) // self.size - pages_back
            return Page(max(self.start, first * self.size + 1), self.size)
        return Page(max(self.start, page.index - self.size * 2**steps + 1), self.size)

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

    def _ends(self, sweep: Sweep, page: Page, records: Sequence[Any], new: int, *, more: bool | None) -> bool:
        """Whether the list ends with this page, of which *new* records had not come before."""
        is_past = self._is_past is not None and any(map(self._is_past, records))
        if not records or is_past or any(record in sweep.until for record in records):
            return True  # what has not changed since the sweep before has nothing behind it
        if more is not None:
            return not more
        if self._at_most is not None and self.came >= self._at_most:
            return True
        if len(records) >= page.size:
            return False
        if not new:
            is_largest = len(records) >= self._largest
            return not (self._is_owed and is_largest and page.index > self.start and len(records) > 1)
        return not (self._is_owed or max(_SMALLEST_CAP, self._largest_of_all.records) <= len(records))
