"""Sales for nba: the right offer, and the patience to wait while something is broken.

The rules are the YAML files in `rules/`; this module brings what YAML cannot: the typed section and one feature.
"""

from __future__ import annotations

from pathlib import Path

import nba
from nba_sales.features import breadth
from nba_sales.section import Holding, Opportunity, SalesSection

__all__ = ["Holding", "Opportunity", "SalesSection", "breadth"]


@nba.hookimpl
def nba_packs() -> list[Path]:
    return [Path(__file__).parent / "rules"]


@nba.hookimpl
def nba_profile_sections() -> dict[str, type[SalesSection]]:
    return {"sales": SalesSection}


@nba.hookimpl
def nba_features() -> list[object]:
    return [breadth]
