"""Waits for a coroutine where no ``await`` can stand, though an event loop may run already.

The one user of nest_asyncio2, which is applied to that loop when it is needed. In a Jupyter kernel it refuses: there a
nested loop wedges ipykernel 7.1 to 7.4 (measured), and ``await`` works anyway.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from zbt_notebook.client.errors import UsageError
from zbt_notebook.notebook import environment

_Result = TypeVar("_Result")


def run(coroutine: Coroutine[Any, Any, _Result]) -> _Result:
    """Run *coroutine* to its end and give its result; raise UsageError in a Jupyter kernel."""
    if environment.kernel() is not None:
        coroutine.close()
        raise UsageError("a cell cannot wait like this for a card", hint="Write: await card")
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    import nest_asyncio2

    nest_asyncio2.apply(loop)
    result: _Result = loop.run_until_complete(coroutine)
    return result
