"""What to call in V3 where a classic path is refused because the classic API is off."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from zbt_notebook.client.bugs.tracker import Tracker
from zbt_notebook.client.errors import ApiError, IncompletePull, ScopeMissing, Unreachable, ZbtError
from zbt_notebook.client.lists.field_names import field_names
from zbt_notebook.client.lists.page_call import paging_of
from zbt_notebook.client.lists.project_lookup import is_retired
from zbt_notebook.client.lists.v3_filter import PICKS
from zbt_notebook.client.lists.v3_twin import v3_twin
from zbt_notebook.client.next_steps import step
from zbt_notebook.client.rest import api
from zbt_notebook.client.rest.api import ApiCall

_OF_THEIR_OWN = (IncompletePull, ScopeMissing)  # refusals whose own hint is the one that helps


@contextmanager
def hinted(connection: Tracker, verb: str, call: ApiCall) -> Iterator[None]:
    """Let a refusal inside name V3's path in its hint, as a line of Python, where the classic API is off.

    *verb* is the method of the connection that made the call.
    """
    try:
        yield
    except (ApiError, Unreachable) as error:
        if is_over(connection, call, error):
            twin = in_v3(connection, call)
            error.hint = f"The classic API is off here. Run: {_as_python(verb, twin)}" if twin else _nowhere()
        raise


def is_over(connection: Tracker, call: ApiCall, error: ZbtError) -> bool:
    """Whether a call was refused because it is of the classic API, and that is off. It may cost one request."""
    if not call.path or not isinstance(error, (ApiError, Unreachable)) or isinstance(error, _OF_THEIR_OWN):
        return False
    if isinstance(error, Unreachable) and not error.may_mean_gone:
        return False
    path = api.normalize(call, connection.data_center).path
    try:
        return path.startswith("/restapi/") and is_retired(connection.client, error, path)
    except ZbtError:
        return False


def in_v3(connection: Tracker, call: ApiCall) -> ApiCall | None:
    """The same call in V3, ready to be sent, with what it needs to be told in V3's words; None where V3 has none."""
    call = api.normalize(call, connection.data_center)
    twin = v3_twin(call)
    if twin is None:
        return None
    parts = twin.path.split("/")
    if len(parts) > 4 and not parts[4].isdigit():  # noqa: PLR2004  /api/v3/portal/NAME
        try:
            parts[4] = connection.lookups.portal(parts[4]).id
        except ZbtError:
            return twin
        twin = replace(twin, path="/".join(parts))
    if PICKS.isdisjoint(dict(call.params)):
        return twin
    try:
        named = v3_twin(call, field_names(connection.client, twin.path).picks)
    except ZbtError:
        return twin
    return replace(twin, params=named.params) if named else twin


def _as_python(verb: str, call: ApiCall) -> str:
    if verb in {"get", "request"} and paging_of(call) == "page" and call.param("page") is None:
        call = call.with_params(page=1, per_page=api.DEFAULT_PAGE_SIZE)  # some of V3's lists want to be told
    if verb == "request" or call.method != "GET":
        arguments = [repr(call.method), repr(call.path)]
        arguments += [f"params={dict(call.params)!r}"] if call.params else []
        arguments += [f"data={dict(call.fields)!r}"] if call.fields else []
        arguments += [f"files={ {upload.name: upload.filename for upload in call.uploads}!r}"] if call.uploads else []
        return f"connection.request({', '.join(arguments)})"
    params = f", {dict(call.params)!r}" if call.params else ""
    return f"connection.{verb}({call.path!r}{params})"


def _nowhere() -> str:
    return f"The classic API is off here, and V3 has no such path that is known: {step('list endpoints')} lists its."
