"""`nba explain`: why this was decided, for people."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.text import Text

from nba.cli import inputs
from nba.cli.output import CLEAN, Format, Stop, cell, out_json, plain, show, table
from nba.explanation.matrix import COLUMNS, Matrix


def explain(
    profile: inputs.ProfileFile,
    why_not: Annotated[
        str | None,
        typer.Option("--why-not", metavar="ACTION", help="Why this action, or this item of it, does not come first."),
    ] = None,
    matrix: Annotated[
        bool, typer.Option("--matrix", help="By department: what it proposed, what happened, and who decided.")
    ] = False,
    department: Annotated[
        str | None,
        typer.Option(
            "--department",
            metavar="NAME",
            help="As one department sees it, with nothing that is confidential to others; goes with the two above.",
        ),
    ] = None,
    rules: inputs.Rules = None,
    pack: inputs.Packs = None,
    context: inputs.ContextFile = None,
    as_of: inputs.AsOf = None,
    limit: inputs.Limit = "1",
    map: inputs.Map = None,
    matcher: inputs.Matcher = "native",
    format: inputs.Output = Format.text,
) -> int:
    """Explain a decision: why this comes first, and why, by whom and until when everything else waits."""
    if why_not is not None and matrix:
        raise Stop("say one of --why-not and --matrix")
    decision = inputs.decision(
        profile, rules=rules, packs=pack, matcher=matcher, map=map, context=context, as_of=as_of, limit=limit
    )
    if why_not is None and department is None and not matrix:
        if format is Format.json:
            out_json(json.dumps(decision.explanation(), ensure_ascii=False, indent=2))
        else:
            plain(decision.explain())
        return CLEAN
    try:
        if matrix:
            return _matrix(decision.matrix(department), format)
        view = (
            decision.why_not(why_not, department) if why_not is not None else decision.for_department(department or "")
        )
    except ValueError as error:
        raise Stop(str(error)) from None
    if format is Format.json:
        out_json(json.dumps(view.to_dict(), ensure_ascii=False, indent=2))
    else:
        plain(str(view))
    return CLEAN


def _matrix(found: Matrix, format: Format) -> int:
    if format is Format.json:
        out_json(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    else:
        rows = [[department, action, happened, _decided(by)] for department, action, happened, by in found.cells()]
        show(table("Who decided", COLUMNS, rows, styles=("bold",)))
    return CLEAN


def _decided(by: str) -> Text:
    """Who decided, and dimmed below it, why."""
    return Text("\n").join(cell(line.strip(), "dim" if line.startswith(" ") else "") for line in by.split("\n"))
