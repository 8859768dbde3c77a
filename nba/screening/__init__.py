"""Screening: guards, laws and gates block (candidate, channel) pairs, and every reason is kept."""

from __future__ import annotations

from nba.screening.blocks import Blocked, Screened
from nba.screening.screen import Screen

__all__ = ["Blocked", "Screen", "Screened"]
