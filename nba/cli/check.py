"""`nba check`: whether rules are right, without deciding anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from nba import authoring
from nba.cli import inputs
from nba.cli.output import CLEAN, FINDINGS, WRONG, Format, complain, out_json, plain, say


def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Folders or files of rules, and of cases.")
    ] = None,
    rules: inputs.Rules = None,
    pack: inputs.Packs = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when there are warnings.")] = False,
    format: inputs.Output = Format.text,
) -> int:
    """Check rules and cases: all that is wrong, each with its place, and what is likely not meant."""
    named = [*(rules or ()), *(paths or ())]
    packs = pack or (inputs.packs_for_cases(named) if named else None)
    report = authoring.check(*named, packs=inputs.wanted_packs(named, packs))
    if format is Format.json:
        out_json(json.dumps(report.to_dict(), ensure_ascii=False, indent=2))
    else:
        for problem in report.problems:
            complain(problem.render() + "\n")
        for problem in report.warnings:
            say(problem.render() + "\n", "yellow")
        plain(report.summary)
    if report.problems:
        return WRONG
    return FINDINGS if strict and report.warnings else CLEAN
