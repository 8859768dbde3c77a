"""`nba bench`: how long decisions take, by your rules on your profiles."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console, RenderableType
from rich.text import Text

import nba
from nba.authoring.data import data_of, read_data
from nba.bench import Columns, Latency, Measured, measure
from nba.cli import inputs
from nba.cli.output import CLEAN, UNDECIDED, Format, Stop, out_json, show, table
from nba.errors import EngineError, InputError
from nba.sample import customers

_MADE_UP, _MOST = 1000, 100_000
"""How many profiles, when it is not said: of made-up customers, and of a file, as all are kept in memory."""
_LONGEST = 3600


def bench(
    profiles: Annotated[
        str | None,
        typer.Option(
            "--profiles", metavar="FILE", help="Your profiles as JSON Lines, or - for stdin. Without it: made up."
        ),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(
            "--customers",
            "-n",
            metavar="N",
            min=1,
            max=_MOST,
            help=f"So many profiles; when not given, {_MADE_UP:,} that are made up, or the first {_MOST:,} of a file.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, other customers that are made up.")] = 1,
    seconds: Annotated[float, typer.Option("--seconds", metavar="S", help="How long to measure, about.")] = 5.0,
    top: Annotated[
        int, typer.Option("--top", metavar="N", min=0, help="So many of the most expensive parts in each table.")
    ] = 10,
    rules: inputs.Rules = None,
    pack: inputs.Packs = None,
    context: inputs.ContextFile = None,
    as_of: inputs.AsOf = None,
    limit: inputs.Limit = "1",
    map: inputs.Map = None,
    matcher: inputs.Matcher = "native",
    format: inputs.Output = Format.text,
) -> int:
    """Measure decisions: how long they take, how many there are in a second, and which parts are expensive."""
    if not 0 < seconds <= _LONGEST:
        raise Stop(f"--seconds: a number above 0, and at most {_LONGEST}")
    if map is not None and profiles is None:
        raise Stop("--map is for the rows of a file: say --profiles FILE, too")
    moment, most = inputs.instant(as_of), inputs.limit_of(limit)
    orchestrator = inputs.orchestrator(rules, pack, matcher)
    around = read_data(context) if context is not None else {}
    people: list[Mapping[str, Any]]
    try:
        if profiles is None:
            people = list(customers(orchestrator.ruleset.profile, count or _MADE_UP, seed=seed, as_of=moment))
        else:
            people = list(_given(profiles, count or _MOST, map, orchestrator, moment, around))
        with Console(file=sys.stderr).status(f"measuring for about {seconds:g} seconds"):
            found = measure(orchestrator, people, as_of=moment, context=around, limit=most, seconds=seconds)
    except nba.ContextError as error:
        raise Stop(f"{context}: {error}") from None
    except EngineError as error:  # two engines that differ: neither is believed
        raise Stop(str(error), UNDECIDED) from None
    about = {"nba": nba.__version__, "python": platform.python_version(), "matcher": matcher}
    if format is Format.json:
        out_json(json.dumps({**about, **found.to_dict()}, ensure_ascii=False, indent=2))
    else:
        show(*_told(found, about, top))
    return CLEAN


def _given(
    path: str, count: int, map: Path | None, orchestrator: nba.Orchestrator, moment: datetime, around: object
) -> Iterator[Mapping[str, Any]]:
    """The profiles of a file, each of which can be decided on."""
    mapping = None if map is None else nba.load_mapping(map, orchestrator.ruleset.profile)
    name, number = "<stdin>" if path == "-" else path, 0
    for number, line in islice(_lines(path), count):
        place = f"{name}, line {number}"
        row = data_of(place, line, json_only=True)
        try:
            person = row if mapping is None else mapping.apply(row)
            orchestrator.decide(person, as_of=moment, context=around)
        except nba.ContextError:
            raise
        except InputError as error:
            raise Stop(f"{place}: {error}") from None
        yield person
    if not number:
        raise Stop(f"`{name}` holds no profiles; one JSON object a line is wanted, as `nba sample` writes them")


def _lines(path: str) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that are not empty, with their numbers."""
    try:
        with nullcontext(sys.stdin.buffer) if path == "-" else open(path, "rb") as file:
            yield from ((number, line) for number, line in enumerate(file, 1) if line.strip())
    except (OSError, ValueError) as error:  # a path with a NUL in it is a ValueError
        raise Stop(f"`{path}` cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _told(found: Measured, about: Mapping[str, str], top: int) -> Iterator[RenderableType]:
    outcomes = ", ".join(f"{count:,} {name}" for name, count in found.outcomes.items())
    versions = f"nba {about['nba']}, Python {about['python']}, {about['matcher']}"
    yield Text(f"{found.profiles:,} profiles ({outcomes}); {versions}\n", style="dim")
    yield table(
        "How long it takes",
        ["microseconds", "median", "90 %", "99 %", "slowest", "mean", "calls"],
        [
            _row("decide", found.decide),
            _row("of it, reading and checking the profile", found.reading),
            _row("explain() afterwards", found.explain),
            _row("to_json() afterwards", found.to_json),
        ],
        styles=("bold",),
    )
    rates: list[list[object]] = [["row by row, in one thread", f"{found.decide.a_second:,.0f}"]]
    rates.append(_by_column(found.columns))
    yield table("Decisions a second", ["how", "a second"], rates, styles=("bold",))
    facts = [of for of in found.parts if of.kind not in ("rule", "law")]
    statements = [of for of in found.parts if of.kind in ("rule", "law")]
    for title, some in (("features and signals", facts), ("rules and laws", statements)):
        if some[:top]:
            yield table(
                f"The most expensive {title}, each computed on its own",
                ["microseconds", "of decide", "kind", "name"],
                [
                    [f"{of.seconds * 1e6:,.2f}", f"{of.seconds / found.decide.median:.1%}", of.kind, of.name]
                    for of in some[:top]
                ],
            )


def _row(name: str, of: Latency) -> list[object]:
    times = (of.median, of.p90, of.p99, of.slowest, of.mean)
    return [name, *(f"{seconds * 1e6:,.0f}" for seconds in times), f"{of.calls:,}"]


def _by_column(of: Columns) -> list[object]:
    if of.a_second is None:
        return ["as a table", of.because]
    return [f"as a table of {of.rows:,} rows, {of.on_columns / of.rows:.0%} on columns", f"{of.a_second:,.0f}"]
