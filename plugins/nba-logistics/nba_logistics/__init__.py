"""Logistics for nba: honest dates, a waiting list instead of an empty promise, and a word to the others in time.

The rules are the YAML files in `rules/`; this module brings what YAML cannot: the typed section and one feature.
"""

from __future__ import annotations

from pathlib import Path

import nba
from nba_logistics.features import kept_promises
from nba_logistics.section import LogisticsSection, Order, Promise, Wish

__all__ = ["LogisticsSection", "Order", "Promise", "Wish", "kept_promises"]


@nba.hookimpl
def nba_packs() -> list[Path]:
    return [Path(__file__).parent / "rules"]


@nba.hookimpl
def nba_profile_sections() -> dict[str, type[LogisticsSection]]:
    return {"logistics": LogisticsSection}


@nba.hookimpl
def nba_features() -> list[object]:
    return [kept_promises]
