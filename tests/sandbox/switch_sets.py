"""Sets of switches that between them try every pair of V3's settings: what holds over them holds for any two together.

``SETS`` are of all switches; ``ROADS`` of those under which V3 can be worked with, the classic API being off in one way
or another. Use them as ``@pytest.mark.parametrize("switches", ROADS, ids=numbered)`` and ``world.set(**switches)``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from functools import partial
from itertools import combinations
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from zbt_notebook.simulator import Switches

Choice = tuple[str, Any]

# Switches of both APIs that V3 answers by, beside those of its own blocks
_SHARED = (
    *("invalid_token_status", "missing_scope_as", "invalid_method_status", "extra_param_found_in", "errors_in_200"),
    *("status_code_as", "throttle_status", "throttle_retry_after", "range_over_max", "classic_end"),
)
# Of numbers, what to try beside the default
_NUMBERS: Mapping[str, tuple[Any, ...]] = MappingProxyType(
    {"v3_limit": (200, 50), "v3_window": (120, 150), "v3_lock": (600, 900), "v3_lock_told": (8, 15)}
)


def _values() -> dict[str, tuple[Any, ...]]:
    """Every switch that V3 depends on, with the values it can have, the default first."""
    names = [field.name for field in fields(Switches)]
    own = names[names.index("v3_at") :]
    kinds, defaults = get_type_hints(Switches), {field.name: field.default for field in fields(Switches)}
    found: dict[str, tuple[Any, ...]] = {}
    for name in (*_SHARED, *own):
        default = defaults[name]
        assert default is not MISSING
        if get_origin(kinds[name]) is Literal:
            others = get_args(kinds[name])
        elif kinds[name] is bool:
            others = (False, True)
        else:
            others = _NUMBERS[name]
        found[name] = (default, *(value for value in others if value != default))
    return found


VALUES: Mapping[str, tuple[Any, ...]] = MappingProxyType(_values())


def pairwise(values: Mapping[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """Sets in which every value of every switch meets every value of every other; the defaults come first.

    Greedy: each set begins with a pair that none has yet, and takes for each further switch the value that brings the
    most pairs along.
    """
    left = {
        frozenset({(one, a), (other, b)})
        for one, other in combinations(values, 2)
        for a in values[one]
        for b in values[other]
    }
    chosen: dict[str, Any] = {name: told[0] for name, told in values.items()}
    while True:
        yield chosen
        left -= {frozenset(pair) for pair in combinations(chosen.items(), 2)}
        if not left:
            return
        chosen = dict(sorted(min(left, key=_sorted_text)))
        for name in values:
            if name not in chosen:
                chosen[name] = max(values[name], key=partial(_gain, chosen, left, name))
        chosen = {name: chosen[name] for name in values}


def _sorted_text(pair: Iterable[Choice]) -> str:
    """Something to order pairs by that is the same in every run."""
    return repr(sorted(pair, key=repr))


def _gain(chosen: dict[str, Any], left: set[frozenset[Choice]], name: str, value: Any) -> int:
    return sum(frozenset({(name, value), other}) in left for other in chosen.items())


def numbered(chosen: dict[str, Any]) -> str:
    """A name for a test: what is not as usual would fill a page."""
    return f"set-{ROADS.index(chosen) if chosen in ROADS else SETS.index(chosen)}"


def _without_defaults(chosen: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in chosen.items() if value != VALUES[name][0]}


# In a portal that can be worked with: settings that leave nothing to be read are tried one by one elsewhere
_DEAD_ENDS: Mapping[str, tuple[Any, ...]] = MappingProxyType(
    {
        "bugtracker_token_on_v3": ("accepted",),
        "workdrive": (True,),
        "classic_end": ("410", "401", "404", "400", "403", "redirect", "dead"),
        "throttle_status": (400, 429),
    }
)
SETS: tuple[dict[str, Any], ...] = tuple(map(_without_defaults, pairwise(VALUES)))
ROADS: tuple[dict[str, Any], ...] = tuple(map(_without_defaults, pairwise({**VALUES, **_DEAD_ENDS})))
