"""`nba batch`: a decision for every customer in a file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import nba
from nba.authoring.data import read_data
from nba.cli import inputs
from nba.cli.output import CLEAN, FINDINGS, Stop, say
from nba.errors import ContextError, MissingExtraError
from nba.language.moments import write_instant


class OnInvalid(StrEnum):
    """What to do with data that does not fit the schema."""

    error = "error"
    unknown = "unknown"


def batch(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="The customers: .parquet, .csv or .jsonl.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The decisions: .parquet, .csv or .jsonl.")
    ],
    rules: inputs.Rules = None,
    pack: inputs.Packs = None,
    context: inputs.ContextFile = None,
    as_of: inputs.AsOf = None,
    limit: inputs.Limit = "1",
    map: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="A mapping file: how the columns become profiles.")
    ] = None,
    on_invalid: Annotated[
        OnInvalid,
        typer.Option("--on-invalid", help="Data that does not fit makes the row an error, or is taken as unknown."),
    ] = OnInvalid.error,
    part: Annotated[
        int, typer.Option("--part", metavar="ROWS", min=1, help="Rows that are decided and saved at once.")
    ] = 65_536,
    processes: Annotated[int, typer.Option("--processes", metavar="N", min=1, help="Processes that decide.")] = 1,
) -> int:
    """Decide for every customer in a file. Killed and run again, it goes on where it was."""
    try:
        from nba.batch.files import decide_file, unfinished
        from nba.batch.frames import Decider
        from nba.batch.inputs import count_of
    except ImportError:
        raise MissingExtraError("nba batch", "batch") from None
    before = unfinished(output).get("as_of")
    if as_of is None and isinstance(before, str):
        say(f"Going on as of {before}, as the unfinished run.", "dim")
        as_of = before
    moment, most = inputs.instant(as_of), inputs.limit_of(limit)
    with_rules = inputs.orchestrator(rules, pack)
    around = read_data(context) if context is not None else {}
    mapping = None if map is None else nba.load_mapping(map, with_rules.ruleset.profile)
    invalid: Literal["raise", "unknown"] = "raise" if on_invalid is OnInvalid.error else "unknown"
    try:
        decider = Decider(with_rules, as_of=moment, context=around, limit=most, on_invalid=invalid, mapping=mapping)
    except ContextError as error:
        raise Stop(f"{context}: {error}") from None
    asked: dict[str, object] = {
        "rules": with_rules.ruleset.hash,
        "as_of": write_instant(moment),
        "context": around,
        "limit": most,
        "on_invalid": invalid,
        "map": None if map is None else map.read_text(encoding="utf-8"),
    }
    try:
        total = count_of(source)
    except (OSError, ValueError) as error:
        raise Stop(f"`{source}` cannot be read: {getattr(error, 'strerror', None) or error}") from None
    with _bar(total) as progress:
        found = decide_file(decider, source, output, asked=asked, part=part, progress=progress, processes=processes)
    if found.resumed:
        say(f"{found.resumed:,} rows had been decided before.", "dim")
    say(f"{found.rows:,} rows in {output}, as of {write_instant(moment)}")
    for outcome, count in sorted(found.outcomes.items()):
        say(f"  {outcome}: {count:,}")
    for reason, count in found.report.one_by_one.items():
        say(f"{count:,} rows were decided one by one: {reason}", "dim")
    if found.report.row_functions:
        say(f"called for each row: {', '.join(found.report.row_functions)}", "dim")
    if found.faulty:
        say(f"warning: {found.faulty:,} rows have errors", "yellow")
    if found.unmet:
        say(f"warning: {found.unmet:,} rows do not meet a law", "yellow")
    return FINDINGS if found.faulty or found.unmet else CLEAN


@contextmanager
def _bar(total: int | None) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("deciding"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.stderr), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("deciding", total=total)
        yield lambda rows: bar.advance(task, rows)
