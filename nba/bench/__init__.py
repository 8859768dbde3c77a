"""How long decisions take: a company's own rules, on its own profiles, on the machine that is to decide.

>>> import nba
>>> from nba.bench import measure
>>> dealer = nba.load(nba.shipped("car-dealer"))
>>> found = measure(dealer, [{"id": "C-1"}], as_of="2026-11-22T09:00:00Z", seconds=0.1)
>>> found.decide.median <= found.decide.slowest
True
"""

from __future__ import annotations

from nba.bench.columns import Columns
from nba.bench.latency import Latency
from nba.bench.measure import Measured, measure
from nba.bench.parts import Part

__all__ = ["Columns", "Latency", "Measured", "Part", "measure"]
