from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

import nba
from tests.ruleset.shared import AS_OF


@pytest.fixture
def decide(load: Callable[..., nba.Orchestrator]) -> Callable[..., nba.Decision]:
    """Decides by one pack (or files) for one profile; without a limit, so that all that nothing blocks is chosen."""

    def decide_by(
        pack: str | Mapping[str, str],
        profile: object = None,
        *,
        house: str = "house: h\ntimezone: UTC\n",
        limit: int | None = None,
        as_of: str = AS_OF,
        **options: Any,
    ) -> nba.Decision:
        files = {"p.yaml": pack} if isinstance(pack, str) else pack
        rules = load({"house.yaml": house, **files})
        return rules.decide({} if profile is None else profile, as_of=as_of, limit=limit, **options)

    return decide_by
