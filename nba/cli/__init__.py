"""The command line: `nba decide`, `nba test` and the others, each in a file of its name."""

from __future__ import annotations

import sys
from typing import NoReturn

from nba.errors import MissingExtraError

_NEEDED = ("typer", "rich", "click")


def main() -> NoReturn:
    """Run the command line and exit: 0 clean, 1 findings, 2 wrong input or rules, 3 could not be decided."""
    try:
        from nba.cli.app import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _NEEDED:
            raise
        print(MissingExtraError("the command line", "cli"), file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(run())
