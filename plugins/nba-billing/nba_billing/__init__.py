"""Billing for nba: a solution partner before a collector.

The rules are the YAML files in `rules/`; this module brings what YAML cannot: the typed section and one feature.
"""

from __future__ import annotations

from pathlib import Path

import nba
from nba_billing.features import paid_in_time
from nba_billing.section import BillingSection, Invoice

__all__ = ["BillingSection", "Invoice", "paid_in_time"]


@nba.hookimpl
def nba_packs() -> list[Path]:
    return [Path(__file__).parent / "rules"]


@nba.hookimpl
def nba_profile_sections() -> dict[str, type[BillingSection]]:
    return {"billing": BillingSection}


@nba.hookimpl
def nba_features() -> list[object]:
    return [paid_in_time]
