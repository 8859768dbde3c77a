"""Every pack of this repository passes the test kit that authors of other packs use."""

from __future__ import annotations

from pathlib import Path

import pytest

from nba.testing.conformance import check_pack

PLUGINS = Path(__file__).resolve().parents[1] / "plugins"
NAMES = sorted(path.name.removeprefix("nba-") for path in PLUGINS.iterdir() if (path / "pyproject.toml").exists())


def test_all_six_departments_are_there() -> None:
    assert set(NAMES) >= {"billing", "logistics", "marketing", "sales", "service", "workplace"}


@pytest.mark.parametrize("name", NAMES)
def test_the_pack_conforms(name: str) -> None:
    tests = PLUGINS / f"nba-{name}" / "tests"
    report = check_pack(name, cases=[path for path in sorted(tests.iterdir()) if path.name.startswith("cases")])
    assert report.passed, str(report)
