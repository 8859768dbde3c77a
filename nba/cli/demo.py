"""`nba demo`: the car dealer's story."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from rich import box
from rich.panel import Panel
from rich.text import Text

import nba
from nba.authoring.data import read_data
from nba.cli.output import CLEAN, cell, draws, heading, out, rendered, show, table
from nba.decision import Decision
from nba.explanation.departments import DepartmentView
from nba.orchestrator import Orchestrator

AS_OF = "2026-11-22T09:00:00Z"
DEALER = "car-dealer"
_STORY = (
    "Anna leases a Nordic 5. It broke down, was repaired, and broke down again: her case has been reopened twice, the "
    "day we promised has passed, and nobody has called her since Thursday. This morning her lease comes up for "
    "renewal: worth 40,000, and she is 95% likely to sign. Four departments look at the same customer. Each is right. "
    "If each acts on its own, Anna hears three offers for a new car while hers stands broken."
)
_MORAL = (
    "No number decided between repair and renewal: the tiers did (recovery is above retention), the guard of service "
    "did, and so did a law of the house that no department can remove. Make the renewal worth a million, and Anna is "
    "still called back first."
)
_CHAPTERS = (
    ("anna-reopened", "Anna, her car broken again"),
    ("anna-resolved-yesterday", "Anna, had it been mended yesterday"),
    ("anna-resolved-three-weeks-ago", "Anna, mended and happy for weeks"),
    ("two-cars-one-broken", "Bertil, one of two cars broken"),
    ("cases-unknown", "Chidi, the case system silent"),
)


def demo() -> int:
    """Show nba at work: one customer, four departments, one decision, and the reasons."""
    folder = nba.shipped(DEALER)
    dealer = nba.load(folder)
    context = read_data(folder / "context.json")

    def decide(profile: str, limit: int) -> Decision:
        person = read_data(folder / "profiles" / f"{profile}.json")
        return dealer.decide(person, context=context, as_of=AS_OF, limit=limit)

    anna = decide("anna-reopened", 3)
    departments = sorted({pack.department for pack in dealer.ruleset.packs})
    views = [anna.for_department(name) for name in departments]
    show(
        Panel(
            Text(_STORY),
            title=heading("The next best action for the customer as a whole"),
            title_align="left",
            box=box.ROUNDED if draws() else box.ASCII,
            padding=(0, 1),
        ),
        Text(),
        table(
            "What each department would do on its own",
            ["department", "its best proposal", "score", "tier"],
            [_proposal(view) for view in views if view.mine],
            styles=("bold",),
        ),
        table(
            "What Anna gets, in this order",
            ["#", "action", "by", "because"],
            [[of.rank, of.title, of.channel or "-", "; ".join(of.because)] for of in anna.actions],
            styles=("", "bold green"),
        ),
        table(
            "What each department hears",
            ["department", "what becomes of its plans", "why"],
            [line for view in views for line in _heard(view, dealer)],
            styles=("bold",),
        ),
        Text(_MORAL + "\n"),
        table(
            "The same rules, other mornings",
            ["the customer", "next best action", "because", "wait"],
            [_chapter(title, decide(profile, 1)) for profile, title in _CHAPTERS],
            styles=("", "bold green", "", ""),
        ),
    )
    _what_next(folder)
    return CLEAN


def _proposal(view: DepartmentView) -> list[object]:
    """The department's highest score, which is what it would go for without the others."""
    best = max(view.mine, key=lambda fate: fate.score.total if fate.score else 0.0)
    total = best.score.total if best.score else 0.0
    return [
        view.department,
        _title(best.title, best.key),
        f"{total:,.0f}" if total >= 100 else f"{total:.3g}",
        best.tier,
    ]


def _heard(view: DepartmentView, dealer: Orchestrator) -> Iterator[list[object]]:
    """What became of its proposals, by whom and why, and what it is asked to do; the department's name once."""
    name = view.department
    for fate in view.mine:
        mark, because, style = "waits", "", "yellow"
        if fate.outcome == "chosen":
            mark, because, style = "goes", f"as number {fate.rank}", "green"
        elif fate.outranked_by is not None:
            mark = "gives way"
            because = f"to: {fate.outranked_by.title or fate.outranked_by.name}"
        elif fate.blocked_by:
            first = fate.blocked_by[0]
            holder = "the house" if first.department == dealer.ruleset.house.name else first.department
            because = f"held by {holder}: {first.because}"
        yield [name, cell(f"{mark}: {_title(fate.title, fate.key)}", style), because]
        name = ""
    for task in view.tasks:
        yield [name, cell("is asked", "cyan"), task.message]
        name = ""


def _chapter(title: str, decision: Decision) -> list[object]:
    waiting = len(decision.blocked)
    if decision.action is None:
        reason = f"not known: {', '.join(decision.unknown)}" if decision.unknown else "-"
        return [title, cell("nothing is sold", "bold yellow"), reason, waiting]
    action = decision.action
    return [title, _title(action.title, action.key), "; ".join(action.because), waiting]


def _title(title: str, key: str | int | None) -> str:
    return title if key is None else f"{title} ({key})"


def _what_next(folder: Path) -> None:
    """Commands that work where the reader stands."""
    rules = shlex.quote(_from_here(folder))
    prog = "nba" if shutil.which("nba") else shlex.quote(_from_here(Path(sys.argv[0]).absolute()))
    given = f"--rules {rules} --as-of {AS_OF}"
    commands = (
        ("The whole decision, and the same as JSON", f"nba decide {given} {rules}/profiles/anna-reopened.json"),
        ("", f"nba decide --format json {given} {rules}/profiles/anna-reopened.json"),
        (
            "Why the renewal waits, and until when",
            f"nba explain --why-not sales.renew_lease {given} {rules}/profiles/anna-reopened.json",
        ),
        ("What sales sees", f"nba explain --department sales {given} {rules}/profiles/anna-reopened.json"),
        ("Run the cases of the rule authors, and check the rules", f"nba test {rules}"),
        ("", f"nba check {rules}"),
        ("What is installed", "nba packs"),
    )
    out(rendered(heading("What next")))
    for title, command in commands:  # not folded, so that a command can be copied
        out((rendered(Text(f"  # {title}", style="dim")) if title else "") + f"  {command.replace('nba', prog, 1)}\n")


def _from_here(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
