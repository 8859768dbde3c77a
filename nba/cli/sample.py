"""`nba sample`: a generated population for demos and benchmarks."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from rich.console import Console
from rich.progress import track

from nba.cli import inputs
from nba.cli.output import CLEAN, Stop, say
from nba.language.moments import write_instant
from nba.loading import load_rules
from nba.sample import customers, surroundings

_STDOUT = "-"


def sample(
    count: Annotated[int, typer.Option("--customers", "-n", metavar="N", min=0, help="How many.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, another population.")] = 1,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Where to write to; - for stdout.")
    ] = _STDOUT,
    rules: inputs.Rules = None,
    pack: inputs.Packs = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="ISO", help="The instant they are seen at; 00:00 UTC today when not given."),
    ] = None,
    write_context: Annotated[
        Path | None,
        typer.Option("--write-context", metavar="FILE", help="Also write the context they live in, for --context."),
    ] = None,
) -> int:
    """Make up believable customers for the packs that are loaded: JSON Lines, one profile a line."""
    # The day and not the instant, so that the same command gives the same customers until tomorrow.
    moment = inputs.instant(as_of) if as_of else datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    ruleset = load_rules(*(rules or ()), packs=inputs.wanted_packs(rules, pack)).built.ruleset
    if write_context is not None:
        with _opened(str(write_context)) as file:
            file.write(_line(surroundings(ruleset.context, as_of=moment)))
    with _opened(output) as file:
        for customer in _shown(customers(ruleset.profile, count, seed=seed, as_of=moment), count):
            file.write(_line(customer))
    if output != _STDOUT:
        say(f"{count:,} customers in {output}, as of {write_instant(moment)}, seed {seed}")
    return CLEAN


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _shown(population: Iterator[dict[str, Any]], count: int) -> Iterable[dict[str, Any]]:
    """The population, with a progress bar where somebody watches."""
    console = Console(file=sys.stderr)
    hidden = not console.is_terminal or count < 500
    return track(population, "customers", total=count, console=console, transient=True, disable=hidden)


@contextmanager
def _opened(path: str) -> Iterator[TextIO]:
    """A file to write UTF-8 to, or stdout."""
    if path == _STDOUT:
        reconfigure = getattr(sys.stdout, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8")
        yield sys.stdout
        return
    try:
        file = open(path, "w", encoding="utf-8", newline="\n")  # noqa: SIM115 - closed below; only opening is ours to tell of
    except (OSError, ValueError) as error:
        raise Stop(f"`{path}` cannot be written: {getattr(error, 'strerror', None) or error}") from None
    with file:
        yield file
