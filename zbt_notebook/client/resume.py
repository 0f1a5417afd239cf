"""Takes up a pull that ended early, in this kernel or in another."""

from typing import TYPE_CHECKING

from zbt_notebook.client import signed_in
from zbt_notebook.client.errors import NotSignedIn, UsageError
from zbt_notebook.client.lists import kept_pull
from zbt_notebook.client.lists.pull_request import PullRequest

if TYPE_CHECKING:
    import pandas as pd

    from zbt_notebook.client.progress import OnProgress


def resume(token: str | None = None, *, progress: "bool | OnProgress" = True) -> "pd.DataFrame":
    """Go on with a pull that ended early; the whole of it as a DataFrame.

    *token* is ``IncompletePull.resume``; without one, the latest interrupted pull of this kernel goes on. What this
    kernel or the pull's checkpoint holds is not fetched again; where neither is left, all of it is.
    """
    if token is None:
        latest = kept_pull.kept()
        if latest is None:
            raise UsageError(
                "no pull of this kernel was interrupted", hint="Give the token: zbt.resume(error.resume), or pull anew."
            )
        request: PullRequest = latest.request
    else:
        request = PullRequest.from_token(token)
    try:
        connection = signed_in.current(request.connection)
    except NotSignedIn:
        connection = signed_in.current()
    return connection.resume(request, progress=progress)
