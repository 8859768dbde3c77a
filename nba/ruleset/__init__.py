"""The rules, checked and made ready: everything that a decision needs and nothing of how it was written."""

from __future__ import annotations

from nba.ruleset.model import Ruleset

__all__ = ["Ruleset"]
