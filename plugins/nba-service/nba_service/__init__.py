"""Customer service for nba: what is broken comes first, and the others hear of it.

The rules are the YAML files in `rules/`; this module brings what YAML cannot: the typed section and one feature.
"""

from __future__ import annotations

from pathlib import Path

import nba
from nba_service.features import reopen_rate
from nba_service.section import Case, ServiceSection

__all__ = ["Case", "ServiceSection", "reopen_rate"]


@nba.hookimpl
def nba_packs() -> list[Path]:
    return [Path(__file__).parent / "rules"]


@nba.hookimpl
def nba_profile_sections() -> dict[str, type[ServiceSection]]:
    return {"service": ServiceSection}


@nba.hookimpl
def nba_features() -> list[object]:
    return [reopen_rate]
