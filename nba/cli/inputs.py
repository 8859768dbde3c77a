"""What commands are told to read: the rules, a profile, a context, the moment."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

import nba
from nba.authoring.data import LARGEST, data_of, read_data
from nba.cli.output import UNDECIDED, Format, Stop, say
from nba.decision import Decision
from nba.errors import EngineError, InputError, NbaError
from nba.language.moments import read_instant
from nba.loading import load, load_rules
from nba.orchestrator import Orchestrator
from nba.plugins import installed

Rules = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules", metavar="PATH", help="A folder or file of rules; may be repeated. Without it: the installed packs."
    ),
]
Packs = Annotated[
    list[str] | None,
    typer.Option(
        "--pack", metavar="NAME", help="An installed pack, also with a version (sales>=1.2); may be repeated."
    ),
]
Matcher = Annotated[str, typer.Option("--matcher", metavar="NAME", help="The rule engine; `nba packs` lists them.")]
Map = Annotated[
    Path | None, typer.Option("--map", metavar="FILE", help="A mapping file: the profile is a flat row to be mapped.")
]
ContextFile = Annotated[
    Path | None, typer.Option("--context", metavar="FILE", help="The state of the enterprise, in JSON or YAML.")
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="ISO", help="The instant to decide for; now when not given.")
]
Limit = Annotated[str, typer.Option("--limit", metavar="N", help="At most so many actions, or `all`.")]
Output = Annotated[Format, typer.Option("--format", help="Text for people, or JSON.")]
ProfileFile = Annotated[str, typer.Argument(metavar="PROFILE", help="The profile in JSON or YAML, or - for stdin.")]


def orchestrator(rules: Sequence[Path] | None, packs: Sequence[str] | None, matcher: str = "native") -> Orchestrator:
    """The rules that the options name; without any, all installed packs. NBA_CACHE is a folder to keep them in."""
    cache = os.environ.get("NBA_CACHE") or None
    return load(*(rules or ()), packs=wanted_packs(rules, packs), matcher=matcher, cache=cache)


def wanted_packs(rules: Sequence[Path] | None, packs: Sequence[str] | None) -> list[str] | None:
    """The installed packs to load: those named; all, when no rules are named either."""
    if packs:
        return list(packs)
    if rules:
        return None
    found = list(installed())
    if not found:
        raise Stop(
            f"no packs are installed, and no rules are named\n"
            f"help: say --rules PATH (such as {nba.shipped('car-dealer')}), or install a pack"
        )
    return found


def packs_for_cases(paths: Sequence[Path]) -> list[str] | None:
    """All installed packs where the paths hold cases and no pack that they could be about; else None."""
    try:
        loaded = load_rules(*paths)
    except NbaError:  # told by whoever loads them next
        return None
    names = list(installed())
    if loaded.built.ruleset.packs or not loaded.cases or not names:
        return None
    where, there = ", ".join(map(str, paths)), ", ".join(names)
    say(f"No pack is in {where}, so it is about the installed ones ({there}). Name others with --rules.", "dim")
    return names


def decision(
    profile: str,
    *,
    rules: Sequence[Path] | None,
    packs: Sequence[str] | None,
    matcher: str,
    map: Path | None,
    context: Path | None,
    as_of: str | None,
    limit: str,
) -> Decision:
    """The decision that the options of `decide` and `explain` ask for."""
    moment, most = instant(as_of), limit_of(limit)
    with_rules = orchestrator(rules, packs, matcher)
    around = read_data(context) if context is not None else {}
    person: dict[str, Any] = _profile(profile)
    try:
        if map is not None:
            person = nba.load_mapping(map, with_rules.ruleset.profile).apply(person)
        return with_rules.decide(person, context=around, as_of=moment, limit=most)
    except nba.ContextError as error:
        raise Stop(f"{context}: {error}") from None
    except EngineError as error:  # two engines that differ: neither is believed
        raise Stop(str(error), UNDECIDED) from None
    except InputError as error:
        raise Stop(f"{'stdin' if profile == '-' else profile}: {error}") from None


def instant(as_of: str | None) -> datetime:
    """The instant of `--as-of`. The command line is the caller, so it owns a clock."""
    if as_of is None:
        return datetime.now(UTC)
    found = read_instant(as_of)
    if found is None:
        raise Stop("--as-of: an instant is written 2026-12-31T09:00:00Z, with its offset")
    return found


def limit_of(text: str) -> int | None:
    """The number of `--limit`; None for all."""
    if text == "all":
        return None
    if text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= 1:
        return int(text)
    raise Stop("--limit: a whole number from 1, or `all`")


def _profile(path: str) -> dict[str, Any]:
    if path != "-":
        return read_data(path)
    stdin = sys.stdin
    if stdin is None:
        raise Stop("there is no stdin to read a profile from")
    if stdin.isatty():
        say("Reading a profile from the terminal; end it with Ctrl-D.", "dim")
    return data_of("<stdin>", stdin.buffer.read(LARGEST + 1))
