"""Marketing for nba: it welcomes, thanks and wins back, and hears when a customer goes silent.

The rules are the YAML files in `rules/`; this module brings what YAML cannot: the typed section and one feature.
"""

from __future__ import annotations

from pathlib import Path

import nba
from nba_marketing.features import unread_in_a_row
from nba_marketing.section import Letter, MarketingSection, Target

__all__ = ["Letter", "MarketingSection", "Target", "unread_in_a_row"]


@nba.hookimpl
def nba_packs() -> list[Path]:
    return [Path(__file__).parent / "rules"]


@nba.hookimpl
def nba_profile_sections() -> dict[str, type[MarketingSection]]:
    return {"marketing": MarketingSection}


@nba.hookimpl
def nba_features() -> list[object]:
    return [unread_in_a_row]
