"""The rule engines by name, and whether they can be used here."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping

from nba.errors import EngineError, did_you_mean
from nba.matching.protocol import MatcherFactory

ENGINES = ("native", "durable", "crosscheck")


def matcher_factory(name: str) -> MatcherFactory:
    """The engine of a name: `native` (the default), `durable` (durable_rules), or `crosscheck` (both, compared).

    >>> matcher_factory("native").__name__
    'NativeMatcher'

    Raises:
        EngineError: there is no such engine, or it cannot be used here; says why and how to go on.
    """
    if name not in ENGINES:
        hint = did_you_mean(str(name), ENGINES) or f"there are {', '.join(ENGINES)}"
        raise EngineError(f"there is no matcher {str(name)[:40]!r}; {hint}")
    if name == "native":
        from nba.matching.native import NativeMatcher

        return NativeMatcher
    why = why_no_durable()
    if why is not None:
        raise EngineError(f"the matcher {name!r} cannot be used here: {why}")
    if name == "durable":
        from nba.matching.durable.matcher import DurableMatcher

        return DurableMatcher
    from nba.matching.crosscheck import CrosscheckMatcher

    return CrosscheckMatcher


def available() -> Mapping[str, str | None]:
    """Each engine, with why it cannot be used here, or None when it can."""
    why = why_no_durable()
    return {"native": None, "durable": why, "crosscheck": why}


def why_no_durable() -> str | None:
    """Why durable_rules cannot be used in this interpreter, and how to go on; None when it can."""
    go_on = "use matcher='native', which decides alike"
    if sys.version_info >= (3, 13):
        return (
            "durable_rules 2.0.28, the last release, does not import on CPython 3.13 or later (it calls "
            f"PyEval_CallObject, which is gone); {go_on}, or run on Python 3.11 or 3.12"
        )
    try:
        importlib.import_module("durable_rules_engine")
    except ImportError as error:
        return (
            f"durable_rules is not installed or was built for another interpreter ({error}): pip install "
            f"'nba[durable]', which builds a C extension and so needs a C compiler and Python's headers; or {go_on}"
        )
    return None
