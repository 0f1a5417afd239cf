"""How many of Zoho's slots a pull leaves free for the user's own calls, and when its last page may be sent.

Zoho takes 100 calls of an address in a window. A pull that needs every slot can be fastest, or can leave some free,
not both. Take 1,000 pages at 100 a window. They need nine windows at least. To end just after the ninth, the pull has
to send a full 100 at once at the beginning, and then no call of anybody's is taken until the window is over.
But 901 pages need the same nine windows. So free slots mostly cost nothing, and are left. Where they would cost a
window, it matters whether anybody else can call at all.
"""

from dataclasses import dataclass

from zbt_notebook.client.limits.rate_limit import INTERACTIVE_SLOTS, RateLimits
from zbt_notebook.client.progress import duration
from zbt_notebook.client.quoting import counted
from zbt_notebook.client.rest import endpoints
from zbt_notebook.client.rest.api import ApiCall

_FIRST_GUESS = 0.5  # seconds a page takes, before one was timed
_NO_LOSS = 0.02  # of the time left: pages come in bursts, and to be later in a burst is no window lost


def reserve(limits: RateLimits, key: str, due: int, *, others_may_call: bool, certain: bool = True) -> int:
    """How many slots the next of *due* pages leaves to other calls of the same address.

    While *others_may_call*, it leaves all that are meant for them. The last window is the exception: there, leaving
    them could make seconds into minutes. Otherwise it leaves as many as cost the pull no window. *certain* says that
    no more than *due* pages will come.
    """
    limit = limits.limit_of(key)
    most = min(INTERACTIVE_SLOTS, limit // 4)
    if others_may_call and (due > limit or not certain):
        return most
    soonest = limits.forecast(key, due) * (1 + _NO_LOSS)
    return next((slots for slots in range(most, 0, -1) if limits.forecast(key, due, slots) <= soonest), 0)


@dataclass(frozen=True, slots=True)
class Pace:
    """The pace of one pull. It ``yields`` to other calls, unless the user waits for this one list."""

    limits: RateLimits
    certain: bool
    others_may_call: bool
    yields: bool

    def reserve(self, call: ApiCall, due: int) -> int:
        """How many slots the next page leaves free."""
        if not self.yields:
            return 0
        key = _key(call)
        return reserve(self.limits, key, due, others_may_call=self.others_may_call, certain=self.certain)

    def wait(self, call: ApiCall, due: int) -> float:
        """Seconds until the last of *due* pages may be sent."""
        return self.limits.forecast(_key(call), due, self.reserve(call, due))

    def forecast(self, call: ApiCall, due: int, concurrency: int) -> str:
        """How many pages there are, and how long they take: "62 pages, about 75 s"."""
        last_burst = min(due, self.limits.limit_of(_key(call)))
        seconds = self.wait(call, due) + _FIRST_GUESS * last_burst / max(1, concurrency)
        floor = "" if self.certain else "at least "
        return f"{floor}{counted(due, 'pages')}, about {duration(max(1.0, seconds))}"


def _key(call: ApiCall) -> str:
    return endpoints.template("GET", call.path)
