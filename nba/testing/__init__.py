"""For whoever tests rules and packs with Python: invariants, generated customers, journeys, and what a pack promises.

Cases in YAML need none of it: see `nba.authoring`, and `nba.testing.pytest_plugin` for them as tests of pytest. The
names here need the extra `testing` (Hypothesis and pytest), and are imported when they are asked for.

>>> import nba
>>> dealer = nba.load(nba.shipped("car-dealer"))
>>> assert_invariant(dealer, given="service.recovery_owed", never={"tier": "growth"}, examples=10)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from nba.errors import MissingExtraError

if TYPE_CHECKING:
    from nba.testing.conformance import check_pack
    from nba.testing.contract import PackContract
    from nba.testing.engines import assert_engines_agree
    from nba.testing.invariants import LawsReport, assert_invariant, assert_laws, implies, invariant
    from nba.testing.journeys import CustomerJourney
    from nba.testing.metamorphic import (
        assert_forgetting_never_unblocks,
        assert_guard_only_blocks,
        assert_order_does_not_matter,
        assert_scores_stay_in_their_tier,
        forgetting,
        raised_score,
        shuffled,
        unblocked,
    )
    from nba.testing.stating import with_guard
    from nba.testing.steps import assert_journeys, step
    from nba.testing.strategies import Customer, contexts, customers, decisions, moments, profiles

__all__ = [
    "Customer",
    "CustomerJourney",
    "LawsReport",
    "PackContract",
    "assert_engines_agree",
    "assert_forgetting_never_unblocks",
    "assert_guard_only_blocks",
    "assert_invariant",
    "assert_journeys",
    "assert_laws",
    "assert_order_does_not_matter",
    "assert_scores_stay_in_their_tier",
    "check_pack",
    "contexts",
    "customers",
    "decisions",
    "forgetting",
    "implies",
    "invariant",
    "moments",
    "profiles",
    "raised_score",
    "shuffled",
    "step",
    "unblocked",
    "with_guard",
]

_HOMES = {
    "check_pack": "nba.testing.conformance",
    "PackContract": "nba.testing.contract",
    "assert_engines_agree": "nba.testing.engines",
    "LawsReport": "nba.testing.invariants",
    "assert_invariant": "nba.testing.invariants",
    "assert_laws": "nba.testing.invariants",
    "implies": "nba.testing.invariants",
    "invariant": "nba.testing.invariants",
    "CustomerJourney": "nba.testing.journeys",
    "assert_forgetting_never_unblocks": "nba.testing.metamorphic",
    "assert_guard_only_blocks": "nba.testing.metamorphic",
    "assert_order_does_not_matter": "nba.testing.metamorphic",
    "assert_scores_stay_in_their_tier": "nba.testing.metamorphic",
    "forgetting": "nba.testing.metamorphic",
    "raised_score": "nba.testing.metamorphic",
    "shuffled": "nba.testing.metamorphic",
    "unblocked": "nba.testing.metamorphic",
    "with_guard": "nba.testing.stating",
    "assert_journeys": "nba.testing.steps",
    "step": "nba.testing.steps",
    "Customer": "nba.testing.strategies",
    "contexts": "nba.testing.strategies",
    "customers": "nba.testing.strategies",
    "decisions": "nba.testing.strategies",
    "moments": "nba.testing.strategies",
    "profiles": "nba.testing.strategies",
}

if not TYPE_CHECKING:  # type checkers read the imports above, and know a misspelt name

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            found = globals()[name] = getattr(import_module(_HOMES[name]), name)
        except ModuleNotFoundError as error:
            if error.name not in ("hypothesis", "pytest"):
                raise
            raise MissingExtraError(f"nba.testing.{name}", "testing") from error
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *_HOMES})
