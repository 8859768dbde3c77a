"""`nba analyse`: what is wrong with a set of rules that no single case shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nba.cli import inputs
from nba.cli.output import CLEAN, FINDINGS, Format, Stop, out_json, plain, say

if TYPE_CHECKING:
    from nba.proof.analysing.findings import Analysis, Issue

_STYLES = {"error": "red", "warning": "yellow", "info": "cyan"}


def analyse(
    path: Annotated[Path | None, typer.Argument(metavar="[PATH]", help="A folder or file of rules.")] = None,
    rules: inputs.Rules = None,
    pack: inputs.Packs = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="KIND", help="Only findings of this kind; may be repeated.")
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="S", min=0.1, help="Seconds for each question to the solver.")
    ] = 10.0,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="Write the customers who show findings as cases.")
    ] = None,
    format: inputs.Output = Format.text,
) -> int:
    """Analyse rules: what never acts, changes nothing, is always blocked, or never comes first, for any customer."""
    from nba.proof import analyse as run

    with_rules = inputs.orchestrator([*(rules or ()), *([path] if path else ())], pack)
    try:
        found = run(with_rules, time_limit=timeout, findings=only)
    except ValueError as error:
        raise Stop(f"--only: {error}") from None
    if save is not None:
        _save(found, save)
    if format is Format.json:
        out_json(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    else:
        for issue in found.issues:
            plain(_told(issue), _STYLES[issue.severity])
            plain("")
        for question in found.open_questions():
            plain(question + "\n", "dim")
            plain("")
        plain(found.summary)
    return CLEAN if found.clean else FINDINGS


def _told(issue: Issue) -> str:
    """An issue with its examples, each on a line if it is short."""
    lines = [str(issue)]
    for example in issue.examples:
        data = example.given
        shown = {
            name: of for name, of in (("profile", data.profile), ("context", data.context)) if of or name == "profile"
        }
        text = json.dumps(shown, ensure_ascii=False, default=str)
        cut = text if len(text) <= 300 else f"{text[:290]} ... (all of it with --save or --format json)"
        lines.append(f"example: {example.title}: {cut}")
    return "\n".join(lines)


def _save(found: Analysis, file: Path) -> None:
    """The examples as cases, which `nba test` runs."""
    texts = []
    for issue in found.issues:
        for example in issue.examples:
            name = f"{issue.kind}: {issue.subject}: {example.title}"
            texts.append(example.decision.to_case(name).removeprefix("cases:\n"))
    if not texts:
        say("No finding has a customer to save.")
        return
    try:
        file.write_text("cases:\n" + "".join(texts), encoding="utf-8")
    except OSError as error:
        raise Stop(f"`{file}` cannot be written: {error.strerror or error}") from None
    say(f"{len(texts)} {'case' if len(texts) == 1 else 'cases'} in {file}")
