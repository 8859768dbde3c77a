"""The rule sets that come with nba: the careful house, and the demo's story.

They have one source, `rulesets/` of the repository: a wheel carries a copy, a checkout is read in place.
"""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The folder of a rule set that comes with nba.

    >>> (shipped("house") / "house.yaml").exists()
    True
    """
    checkout = _HERE.parent / "rulesets" / name
    return checkout if checkout.is_dir() and (_HERE.parent / "pyproject.toml").is_file() else _HERE / "_shipped" / name
