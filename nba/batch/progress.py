"""A progress bar on stderr, on a terminal only; the bar itself is rich's."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

from nba.errors import MissingExtraError

T = TypeVar("T")


def tracked(found: Iterator[T], source: Iterable[object]) -> Iterator[T]:
    """The same, with a bar that counts what comes by; without a terminal, without a bar.

    Raises:
        MissingExtraError: rich is not installed.
    """
    try:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
    except ImportError:
        raise MissingExtraError("a progress bar", "cli") from None
    total = len(source) if isinstance(source, Sized) else None

    def run() -> Iterator[T]:
        columns = (TextColumn("deciding"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(file=sys.stderr), disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task("deciding", total=total)
            for one in found:
                bar.advance(task)
                yield one

    return run()
