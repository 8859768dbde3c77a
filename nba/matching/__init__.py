"""Rule engines: features in, the conditions that hold and those unknown out."""

from __future__ import annotations

from nba.matching.engines import available, matcher_factory
from nba.matching.protocol import Match, Matcher, MatcherFactory

__all__ = ["Match", "Matcher", "MatcherFactory", "available", "matcher_factory"]
