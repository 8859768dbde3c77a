"""`nba prove`: whether the laws of a house hold for every profile, by the rules or only by the law."""

from __future__ import annotations

import json
import shlex
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
import yaml
from rich.console import RenderableType

from nba.cli import inputs
from nba.cli.output import (
    CLEAN,
    FINDINGS,
    Format,
    Stop,
    cell,
    heading,
    out_json,
    plain,
    say,
    show,
    table,
)

if TYPE_CHECKING:
    from nba.proof import Finding, Proof, Sameness

_STYLES = {"DOES NOT HOLD": "bold red", "UNKNOWN": "bold yellow", "HOLDS BY LAW": "cyan"}


class Settings(StrEnum):
    """Which values of settings a proof is about."""

    current = "current"
    declared = "declared"


def prove(
    path: Annotated[Path | None, typer.Argument(metavar="[PATH]", help="A folder or file of rules.")] = None,
    rules: inputs.Rules = None,
    pack: inputs.Packs = None,
    law: Annotated[
        list[str] | None, typer.Option("--law", metavar="ID", help="Only this law; may be repeated.")
    ] = None,
    invariant: Annotated[
        list[str] | None,
        typer.Option(
            "--invariant", metavar="TEXT", help="'given CONDITION never tier growth': more to prove; may be repeated."
        ),
    ] = None,
    same: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--same", metavar="A B", help="Whether two folders of rules decide alike for every profile."),
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="Write the examples as cases for `nba test`.")
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="S", min=0.1, help="Seconds for one question to the solver.")
    ] = 20.0,
    settings: Annotated[
        Settings, typer.Option("--settings", help="Settings as they are, or all values that the packs allow.")
    ] = Settings.current,
    format: inputs.Output = Format.text,
) -> int:
    """Prove the laws of a house for every profile: by the packs' rules, only by the law, or not at all."""
    from nba import proof as proving

    if same is not None:
        if path or rules or law or invariant or save:
            raise Stop("--same compares two folders of rules, and takes no others; --timeout and --format go with it")
        found = proving.same(*(inputs.orchestrator([of], None) for of in same), time_limit=timeout)
        return _print_same(found, format)
    named = [*(rules or ()), *([path] if path else [])]
    with_rules = inputs.orchestrator(named, pack)
    laws = law if law or not invariant else []
    try:
        proof = proving.prove(
            with_rules, laws=laws, invariants=invariant or (), time_limit=timeout, settings=settings.value
        )
    except ValueError as error:
        raise Stop(str(error)) from None
    again = _again(named, pack, timeout, settings)
    if format is Format.json:
        out_json(json.dumps(proof.to_dict(), ensure_ascii=False, indent=2))
    else:
        _print(proof, again)
    if save is not None:
        _save(proof, save)
    return CLEAN if proof.clean else FINDINGS


def _again(named: list[Path], packs: list[str] | None, timeout: float, settings: Settings) -> str:
    """The command that says again what is to be proved, but for of what."""
    words = ["nba", "prove", *(word for of in named for word in ("--rules", str(of)))]
    words += [word for of in packs or () for word in ("--pack", of)]
    words += ["--timeout", f"{timeout:g}"] if timeout != 20 else []
    words += ["--settings", settings.value] if settings is not Settings.current else []
    return shlex.join(words)


def _print(proof: Proof, again: str) -> None:
    if not proof.findings:
        plain("There is nothing to prove: this house has no laws.")
        return
    rows = [
        [cell(of.subject), cell(of.verdict, _STYLES.get(of.verdict, "green")), f"{of.seconds:.2f} s", of.why]
        for of in proof.findings
    ]
    parts: list[RenderableType] = [table("Proved for every profile", ["what", "verdict", "time", "why"], rows)]
    show(*parts)
    for of in proof.findings:
        if of.example is not None or of.notes:
            _print_finding(of, again)
    show(heading("Assumed"))
    for words in proof.assumptions:
        plain(f"  - {words}")
    plain("")
    plain(_summary(proof))


def _print_finding(of: Finding, again: str) -> None:
    from nba.proof.findings import example_of

    show(heading(f"{of.subject}: {of.verdict}" + (f" ({of.source})" if of.source else "")))
    plain(f"  {of.why}")
    for note in of.notes:
        plain(f"  note: {note}")
    if of.example is not None:
        plain("  the smallest example, decided for real:")
        text = yaml.safe_dump(example_of(of.example), sort_keys=False, allow_unicode=True, default_flow_style=None)
        plain("".join(f"    {line}\n" for line in text.splitlines()))
    for stop in of.stopped_by:
        plain(f"  stopped by {stop}")
    option = "--invariant" if of.kind == "invariant" else "--law"
    if of.kind != "guarantee":
        plain(f"  again: {again} {option} {shlex.quote(of.subject)}")
    plain("")


def _summary(proof: Proof) -> str:
    counts: dict[str, int] = {}
    for of in proof.findings:
        counts[of.verdict] = counts.get(of.verdict, 0) + 1
    said = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
    return f"{said}; {proof.seconds:.1f} s"


def _save(proof: Proof, file: Path) -> None:
    """Write the examples as one file of cases."""
    cases, notes = "", ""
    count = 0
    for of in proof.findings:
        if of.example is not None and of.example.settings:
            say(f"The example of {of.subject} has settings of its own, which a case cannot say; it is left out.")
        elif of.decision is not None:
            before, _, case = of.decision.to_case(f"{of.subject}: {of.verdict}, as {of.why}").partition("cases:\n")
            cases, notes, count = cases + case, notes + before, count + 1
    if not count:
        say(f"There are no examples to write to {file}.")
        return
    try:
        file.write_text(f"{notes}cases:\n{cases}", encoding="utf-8")
    except OSError as error:
        raise Stop(f"--save {file}: {error.strerror or error}") from None
    say(f"Wrote {count} {'case' if count == 1 else 'cases'} to {file}; nba test runs them.")


def _print_same(found: Sameness, format: Format) -> int:
    from nba.proof.findings import example_of

    if format is Format.json:
        out_json(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
        return CLEAN if found.same else FINDINGS
    said = {True: "They decide alike", False: "They do not decide alike", None: "Not known whether they decide alike"}
    plain(f"{said[found.same]}: {found.why} ({found.seconds:.1f} s)")
    if found.example is not None:
        plain("The smallest profile on which they differ:")
        text = yaml.safe_dump(example_of(found.example), sort_keys=False, allow_unicode=True, default_flow_style=None)
        plain("".join(f"    {line}\n" for line in text.splitlines()))
        for title, words in (("only the first", found.first), ("only the second", found.second)):
            for word in words:
                plain(f"  {title}: {word}")
    return CLEAN if found.same else FINDINGS
