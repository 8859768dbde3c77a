"""The insurer's rules on the customers of a public data set, by every engine."""

from __future__ import annotations

import pytest

import nba
from nba.matching.engines import why_no_durable
from tests.realdata import insurance

pytestmark = pytest.mark.skipif(why_no_durable() is not None, reason=str(why_no_durable()))


@pytest.mark.slow
def test_every_engine_decides_alike_for_9_134_real_customers() -> None:
    path = insurance.data_file()
    if path is None:
        pytest.skip(f"the real data is not here: set NBA_DATA to the folder of {insurance.NAME}")
    customers = insurance.load(path)
    assert len(customers.profiles) == 9134
    # `crosscheck` asks both engines for every condition, and raises where they differ.
    durable, crosscheck = (nba.load(insurance.RULES, matcher=name) for name in ("durable", "crosscheck"))
    for profile, native in zip(customers.profiles, customers.decide(limit=3), strict=True):
        expected = native.to_dict() | {"matcher": ""}
        for engine in (durable, crosscheck):
            found = engine.decide(profile, as_of=insurance.AS_OF, limit=3).to_dict() | {"matcher": ""}
            assert found == expected, f"{engine.matcher}: {profile['id']}"
