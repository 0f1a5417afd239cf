"""A list at a server that changes while it is read, and the reading of it."""


class Listed:
    """A list at a server: rows in the order of their making, deleted anywhere."""

    def __init__(self, size):
        self.rows = [{"id": number, "made": 0} for number in range(1, size + 1)]
        self.next_id = size + 1
        self.requests = 0

    def answer(self, page):
        self.requests += 1
        return self.rows[page.index - 1 : page.index - 1 + page.size]

    def add(self, at=None):
        self.rows.insert(len(self.rows) if at is None else at, {"id": self.next_id, "made": 1})
        self.next_id += 1


def drain(pager, listed):
    came = []
    for page in iter(pager.next_page, None):
        pager.take(page, listed.answer(page))
        came += pager.ready()
    assert pager.done
    return came


def drain_pages(pager, pages, more):
    for page in pages:
        pager.take(pager.next_page(), page, more=more)


def ids(rows):
    return [row["id"] for row in rows]
