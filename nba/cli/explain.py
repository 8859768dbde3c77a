"""`nba explain`: why this was decided, for people."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from nba.cli import inputs
from nba.cli.output import CLEAN, Format, Stop, out_json, plain


def explain(
    profile: inputs.ProfileFile,
    why_not: Annotated[
        str | None,
        typer.Option("--why-not", metavar="ACTION", help="Why this action, or this item of it, does not come first."),
    ] = None,
    department: Annotated[
        str | None, typer.Option("--department", metavar="NAME", help="The decision as one department sees it.")
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
    if why_not is not None and department is not None:
        raise Stop("say one of --why-not and --department")
    decision = inputs.decision(
        profile, rules=rules, packs=pack, matcher=matcher, map=map, context=context, as_of=as_of, limit=limit
    )
    if why_not is None and department is None:
        if format is Format.json:
            out_json(json.dumps(decision.explanation(), ensure_ascii=False, indent=2))
        else:
            plain(decision.explain())
        return CLEAN
    try:
        view = decision.why_not(why_not) if why_not is not None else decision.for_department(department or "")
    except ValueError as error:
        raise Stop(str(error)) from None
    if format is Format.json:
        out_json(json.dumps(view.to_dict(), ensure_ascii=False, indent=2))
    else:
        plain(str(view))
    return CLEAN
