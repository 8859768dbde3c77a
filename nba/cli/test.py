"""`nba test`: run the cases of rule authors."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.text import Text

from nba.authoring import CaseReport, CaseResult, run_case
from nba.authoring.reading import read_cases
from nba.cli import inputs
from nba.cli.output import CLEAN, FINDINGS, WRONG, Format, Stop, cell, clean, complain, out_json, plain, show


def run_tests(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Folders or files of cases, and of their rules.")
    ] = None,
    rules: inputs.Rules = None,
    pack: inputs.Packs = None,
    matcher: inputs.Matcher = "native",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only failures and the summary.")] = False,
    format: inputs.Output = Format.text,
) -> int:
    """Run cases: what is given, what is decided, and whether that is what was expected."""
    where = [*(paths or ())] or [*(rules or ())]
    if not where:
        raise Stop("say where the cases are: nba test PATH")
    read = rules or where
    with_rules = inputs.orchestrator(read, pack or inputs.packs_for_cases(read), matcher)
    written = read_cases(where)
    progress = Console(file=sys.stderr)
    hidden = format is Format.json or not progress.is_terminal or len(written) < 200
    results = [
        run_case(of, with_rules) for of in track(written, "cases", console=progress, transient=True, disable=hidden)
    ]
    report = CaseReport(tuple(results))
    if format is Format.json:
        out_json(json.dumps(report.to_dict(), ensure_ascii=False, indent=2))
    else:
        if not quiet:
            show(*_by_file(report.results))
        for result in report.results:
            if result.problems:  # the case itself is wrong; a failure is what was asked for
                complain(str(result) + "\n")
            elif not result.passed:
                plain(str(result), "red")
                plain("")
        plain(report.summary)
    if report.problems:
        return WRONG
    return CLEAN if report.passed else FINDINGS


def _by_file(results: Sequence[CaseResult]) -> list[Text]:
    """A line for each case, below its file."""
    lines: list[Text] = []
    before = ""
    for result in results:
        file = result.source.rpartition(":")[0]
        if file != before:
            lines.append(Text(("\n" if before else "") + clean(file), style="bold"))
            before = file
        mark, style = ("pass", "green") if result.passed else ("FAIL" if result.mismatches else "ERROR", "bold red")
        lines.append(Text.assemble("  ", (f"{mark:5}", style), " ", cell(result.name)))
    return [*lines, Text()]
