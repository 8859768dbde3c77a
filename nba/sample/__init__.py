"""A generated population: believable customers for demos and benchmarks, for whatever packs are loaded.

Orders that come late make cases, cases make silence, and silence makes customers leave. The sections of the six packs
that come with nba are told as one story; what else a schema has gets likely values. Every profile fits its schema.

>>> import nba
>>> from nba.loading import load_rules
>>> rules = load_rules(nba.shipped("car-dealer")).built.ruleset
>>> [of["id"] for of in customers(rules.profile, 3, seed=1, as_of="2026-11-22T09:00:00Z")]
['C-1', 'C-2', 'C-3']
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from nba.language.types import Record
from nba.sample.catalogue import company
from nba.sample.core import profile
from nba.sample.dice import Dice
from nba.sample.fitting import Fitter
from nba.sample.life import live
from nba.schema.scalars import Misfit, instant

__all__ = ["customers", "surroundings"]


def customers(record: Record, count: int, *, seed: int = 1, as_of: datetime | str) -> Iterator[dict[str, Any]]:
    """Profiles of plain values, one after the other: the same for the same arguments, on every machine.

    A customer does not depend on how many there are: the first thousand of a million are those of a thousand.

    Args:
        record: the profile's schema: `orchestrator.ruleset.profile`.
        count: how many.
        seed: another seed, another population.
        as_of: the instant that they are seen at; what has happened to them is before it.

    Raises:
        ValueError: `as_of` is not an instant with an offset.
    """
    moment = _moment(as_of)
    fit = Fitter(record, moment)
    for number in range(1, count + 1):
        dice = Dice(seed, number)
        yield fit(profile(live(dice, number, moment)), dice)


def surroundings(record: Record, *, as_of: datetime | str) -> dict[str, Any]:
    """The context that the customers live in: stock, capacity, campaigns.

    Args:
        record: the context's schema: `orchestrator.ruleset.context`.
        as_of: as for `customers`.
    """
    moment = _moment(as_of)
    return Fitter(record, moment)(company(moment.date()), Dice("company"))


def _moment(as_of: object) -> datetime:
    try:
        return instant(as_of)
    except Misfit as misfit:
        raise ValueError(f"as_of should be {misfit.wanted}, not {misfit.found}") from None
