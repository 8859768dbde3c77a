"""A decision as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.text import Text

from nba.cli.output import cell, clean, table
from nba.decision import Decision
from nba.language.moments import write_instant
from nba.results import ActionResult, BlockedAction, BlockReason, OutrankedAction

NOTHING = {
    "nothing_proposed": "Nothing to do: no rule proposes anything.",
    "all_blocked": "Nothing to do now: all that was proposed waits.",
    "error": "Nothing could be decided: something went wrong.",
}
_WHY = {
    "exclusive": "one of the two is enough",
    "at_most": "no more of these at once",
    "limit": "it comes after what was chosen",
}


def decision_parts(decision: Decision) -> Iterator[RenderableType]:
    """The whole decision: chosen, waiting, tasks, undecided."""
    who = decision.profile_id or "a customer without an id"
    yield Text(f"{clean(who)}, as of {short(write_instant(decision.as_of))}\n", style="dim")
    if decision.actions:
        columns = ["#", "action", "department", "tier", "channel", "score", "because"]
        yield table("Next best action", columns, map(_chosen, decision.actions), styles=("", "bold green"))
    else:
        yield Text(NOTHING[decision.outcome] + "\n", style="bold")
    waiting = [*map(_blocked, decision.blocked), *map(_outranked, decision.outranked)]
    if waiting:
        yield table("Waiting", ["action", "department", "held by, and why"], waiting, styles=("yellow",))
    if decision.tasks:
        tasks = [[task.department, task.message] for task in decision.tasks]
        yield table("Tasks", ["department", "what is asked of it"], tasks, styles=("bold",))
    if decision.undecided:
        undecided = [[of.rule, _item(of.action or "-", of.key), ", ".join(of.missing)] for of in decision.undecided]
        yield table("Undecided", ["rule", "would propose", "decided by knowing"], undecided)
    if decision.unknown:
        yield Text.assemble(("Not known, so in doubt: ", "bold"), cell(", ".join(decision.unknown)), "\n")
    if decision.laws_unmet:
        laws = [[of.law, of.because] for of in decision.laws_unmet]
        yield table("Laws not met", ["law", "because"], laws, styles=("bold red",))


def short(instant: str) -> str:
    """An ISO instant in UTC, for people.

    >>> short("2026-11-22T09:00:00Z")
    '2026-11-22 09:00 UTC'
    """
    return f"{instant[:16].replace('T', ' ')} UTC"


def name_of(of: ActionResult | BlockedAction | OutrankedAction) -> str:
    """An action's id, with the key of its item."""
    return _item(of.action, of.key)


def reasons(by: Iterable[BlockReason]) -> list[BlockReason]:
    """The reasons, each once: those that differ by channel only are one."""
    return list({(of.id, of.because): of for of in by}.values())


def _item(action: str, key: str | int | None) -> str:
    return action if key is None else f"{action}[{key}]"


def _chosen(of: ActionResult) -> list[object]:
    name = Text.assemble(cell(name_of(of)), "\n", cell(of.title, "not bold default dim")) if of.title else name_of(of)
    because = "; ".join(of.because) or "it was asked for"
    return [of.rank, name, of.department, of.tier, of.channel or "-", f"{of.score:.4g}", because]


def _blocked(of: BlockedAction) -> list[object]:
    lines = [line for by in reasons(of.by) for line in (cell(_holder(by)), cell(f"  {by.because}", "dim"))]
    return [name_of(of), of.department, Text("\n").join(lines)]


def _holder(by: BlockReason) -> str:
    doubt = ", in doubt" if by.truth is None else ""
    return f"{by.id}{doubt}" + (f", until {short(by.until)}" if by.until else "")


def _outranked(of: OutrankedAction) -> list[object]:
    why = cell(f"  {_WHY.get(of.why, of.why)}", "dim")
    return [name_of(of), of.department, Text("\n").join([cell(of.by), why])]
