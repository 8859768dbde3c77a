"""The workplace for nba: colleagues are customers too, and their needs are decided by the same laws.

The rules are the YAML files in `rules/`; this module brings what YAML cannot: the typed section and one feature.
"""

from __future__ import annotations

from pathlib import Path

import nba
from nba_workplace.features import customers_held_up
from nba_workplace.section import Course, Item, Request, Ticket, WorkplaceSection

__all__ = ["Course", "Item", "Request", "Ticket", "WorkplaceSection", "customers_held_up"]


@nba.hookimpl
def nba_packs() -> list[Path]:
    return [Path(__file__).parent / "rules"]


@nba.hookimpl
def nba_profile_sections() -> dict[str, type[WorkplaceSection]]:
    return {"workplace": WorkplaceSection}


@nba.hookimpl
def nba_features() -> list[object]:
    return [customers_held_up]
