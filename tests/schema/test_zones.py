from datetime import datetime
from importlib.metadata import version
from zoneinfo import reset_tzpath

import pytest

from nba.schema.zones import is_zone, zone, zone_names


def test_zones_come_from_the_tzdata_package_and_not_from_the_machine(monkeypatch, tmp_path):
    assert version("tzdata")
    reset_tzpath([str(tmp_path)])
    try:
        assert datetime(2026, 7, 1, tzinfo=zone("Europe/Helsinki")).utcoffset().total_seconds() == 3 * 3600
    finally:
        reset_tzpath()


def test_every_listed_zone_can_be_read():
    assert len(zone_names()) > 400
    assert all(zone(name).key == name for name in zone_names())


@pytest.mark.parametrize(
    "key",
    [
        *("", "../../etc/passwd", "/etc/passwd", "Europe/../Europe/Helsinki", "europe/helsinki", "UTC\0", "\ud800"),
        *("x" * 10**7, "Europe", "zones", "__init__.py", "Europe/Helsinki ", None, 3, b"UTC", ["UTC"]),
    ],
    ids=lambda key: repr(key)[:20],
)
def test_a_hostile_key_is_no_zone(key):
    assert zone(key) is None
    assert not is_zone(key)
