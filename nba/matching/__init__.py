"""Rule engines: features in, the conditions that hold and those unknown out."""

from __future__ import annotations

from nba.matching.matcher import Match, Matcher, MatcherFactory, matcher_factory

__all__ = ["Match", "Matcher", "MatcherFactory", "matcher_factory"]
