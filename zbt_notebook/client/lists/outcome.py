"""How a pull ended: why it broke off, and where what came is not what was announced."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zbt_notebook.client.errors import RateLimited, ZbtError
from zbt_notebook.client.lists.worker_pool import PagedList
from zbt_notebook.client.quoting import counted
from zbt_notebook.client.rest.retirement import Retired

if TYPE_CHECKING:
    from zbt_notebook.client.lists.plan import Listing


def cause_and_hint(failure: BaseException) -> tuple[str, str]:
    """Why it ended early, and how to go on."""
    if isinstance(failure, Retired):
        return "Zoho has retired the classic API", "Read it from V3: zbt.resume(), or the same call again."
    cause = failure.message if isinstance(failure, ZbtError) else "you stopped it"
    if isinstance(failure, RateLimited) and failure.retry_at:
        from_then = f"From {failure.retry_at:%H:%M} UTC on, go on with zbt.resume()"
        return cause, f"{from_then}: nothing that came is fetched again."
    return cause, "Go on with zbt.resume(): nothing that came is fetched again."


def differences(lists: Sequence[PagedList], announced: Mapping[str, int], what: str) -> list[str]:
    """Where what came is not what a project announced, or cannot be told apart by its ids, a sentence each."""
    sentences = []
    if sharing := sum(listed.pager.sharing for listed in lists if listed.pager):
        sentences.append(f"{sharing:,} {what} bear an id that others on the same page bear: all of them were kept")
    for listed in lists:
        listing: Listing = listed.subject
        if listed.pager is None or listed.error is not None or not listed.pager.done:
            continue
        if listed.pager.disordered:
            of = f" of {name}" if (name := _name(listing)) else ""
            sentences.append(f"the list{of} changed its order whenever it was read: some {what} may be missing")
        count = listing.exact if listing.exact is not None else announced.get(str(listing.project.get("id")))
        differs = listed.pager.miscounted or (listing.exact is None and count not in {None, listed.pager.without_new})
        if count is not None and differs:
            sentences.append(f"{_name(listing)} announces {counted(count, what)}, {listed.pager.came:,} came")
    return sentences


def _name(listing: "Listing") -> Any:
    return listing.project.get("name") or listing.project.get("id")
