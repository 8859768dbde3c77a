"""Time zones, always from the `tzdata` package, so that a decision does not depend on the machine it is made on."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo


@cache
def zone_names() -> frozenset[str]:
    """The keys of all time zones.

    >>> "Europe/Helsinki" in zone_names()
    True
    """
    return frozenset((files("tzdata") / "zones").read_text(encoding="utf-8").split())


def zone(key: object) -> ZoneInfo | None:
    """The time zone of an IANA key such as `Europe/Helsinki`; None for anything else, however hostile.

    >>> zone("Europe/Helsinki")
    zoneinfo.ZoneInfo(key='Europe/Helsinki')
    >>> zone("../../etc/passwd") is None
    True
    """
    # Only keys of the list reach the file system and the cache.
    return _load(key) if type(key) is str and key in zone_names() else None


def is_zone(key: object) -> bool:
    """Whether `zone` knows the key."""
    return type(key) is str and key in zone_names()


@cache
def _load(key: str) -> ZoneInfo:
    with files("tzdata").joinpath("zoneinfo", *key.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=key)
