"""Doing again just what failed: one command, which holds all that it takes.

What failed is in the command itself, as plain data: it means the same when the rules have changed, so that the command
tells whether the rules are mended.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import shlex
import sys
import zlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from nba.language.moments import write_instant

AGAIN = "NBA_AGAIN"
"""The environment variable that says what to do again."""
PYTEST = "NBA_PYTEST"
"""The environment variable in which the plugin says how pytest was started."""


@dataclass(frozen=True)
class Asked:
    """What is asked for: with `data`, this very thing; without, something else of the same test."""

    data: Any = None


def command(name: str, data: Any) -> str:
    """The command that does one thing of the current test again.

    Args:
        name: what tells it apart from the other things that the test does.
        data: all that it takes, as JSON can carry it; dates and instants are written as text.
    """
    packed = zlib.compress(json.dumps(data, default=_plain, separators=(",", ":")).encode(), 9)
    token = f"{AGAIN}={_mark(_test(), name)}.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"
    if _test():
        return f"{token} {os.environ.get(PYTEST, 'python -m pytest')} {shlex.quote(_test())}"
    return f"{token} {shlex.join(['python', *sys.argv] if os.path.exists(sys.argv[0]) else ['python'])}"


def asked_again(name: str) -> Asked | None:
    """What is asked for of the current test; None when nothing is, and all of it is done.

    Raises:
        ValueError: the environment variable is cut off.
    """
    told = os.environ.get(AGAIN, "")
    if not told or not told.startswith(_mark(_test())):
        return None
    mark, _, packed = told.partition(".")
    if mark != _mark(_test(), name):
        return Asked()
    try:
        return Asked(json.loads(zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))))
    except (binascii.Error, zlib.error, ValueError):
        raise ValueError(f"{AGAIN} is cut off: take all of what the failure told") from None


def _test() -> str:
    """The test of pytest that runs now."""
    return os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]


def _mark(*names: str) -> str:
    return "".join(hashlib.sha256(name.encode()).hexdigest()[:4] for name in names)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")
