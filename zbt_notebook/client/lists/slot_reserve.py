"""What a pull leaves to the user's own calls, and when its last page may be asked for.

A free slot for others and the shortest time exclude each other where every slot is needed. 1,000 pages at 100 in a
window W take 9 W at least; who ends within 9 W + d has sent 100 of them in the first d, for each of the nine windows
after that holds 100 at most, and then Zoho takes no call of anybody's until W. But 9 W are the time for any of 901 to
1,000 pages: mostly the slots that are left to others cost nothing. Where they would, it matters who could call at all.
"""

from dataclasses import dataclass

from zbt_notebook.client.limits.rate_limit import INTERACTIVE_SLOTS, RateLimits
from zbt_notebook.client.progress import duration
from zbt_notebook.client.quoting import counted
from zbt_notebook.client.rest import endpoints
from zbt_notebook.client.rest.api import ApiCall

_FIRST_GUESS = 0.5  # seconds a page takes, as long as none was timed
_NO_LOSS = 0.02  # of the time that is left: pages come in bursts, and a place further back in one is no window lost


def reserve(limits: RateLimits, key: str, due: int, *, others_may_call: bool, certain: bool = True) -> int:
    """How many slots the next of *due* pages leaves to other calls of the same address.

    While *others_may_call*, all that are meant for them, until the last window: there, 98 pages would take two minutes
    in place of seconds. Else as many as cost the pull no window. *certain* is whether more pages than those due can
    be ruled out.
    """
    limit = limits.limit_of(key)
    most = min(INTERACTIVE_SLOTS, limit // 4)
    if others_may_call and (due > limit or not certain):
        return most
    soonest = limits.forecast(key, due) * (1 + _NO_LOSS)
    return next((slots for slots in range(most, 0, -1) if limits.forecast(key, due, slots) <= soonest), 0)


@dataclass(frozen=True, slots=True)
class Pace:
    """The pace of one pull; it ``gives_way`` unless it is a list that a user waits for by itself."""

    limits: RateLimits
    certain: bool
    others_may_call: bool
    gives_way: bool

    def reserve(self, call: ApiCall, due: int) -> int:
        """How many slots the next page leaves."""
        if not self.gives_way:
            return 0
        key = _key(call)
        return reserve(self.limits, key, due, others_may_call=self.others_may_call, certain=self.certain)

    def wait(self, call: ApiCall, due: int) -> float:
        """Seconds until the last of *due* pages may be asked for."""
        return self.limits.forecast(_key(call), due, self.reserve(call, due))

    def foretell(self, call: ApiCall, due: int, concurrency: int) -> str:
        """How many pages there are, and how long they take: "62 pages, about 75 s"."""
        last_burst = min(due, self.limits.limit_of(_key(call)))
        seconds = self.wait(call, due) + _FIRST_GUESS * last_burst / max(1, concurrency)
        floor = "" if self.certain else "at least "
        return f"{floor}{counted(due, 'pages')}, about {duration(max(1.0, seconds))}"


def _key(call: ApiCall) -> str:
    return endpoints.template("GET", call.path)
