"""A decision as a matrix: by department what it proposed, what happened to it, and who decided."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, zip_longest
from typing import Any, Final, Literal, TypeAlias

from nba.explanation.account import Account
from nba.explanation.fates import Fate
from nba.explanation.showing import NOWHERE, WIDTH, Page, Place, plain
from nba.explanation.telling import by_channel, who
from nba.explanation.undecided import undecided
from nba.language.moments import write_instant
from nba.results import Undecided

Happened: TypeAlias = Literal["chosen", "outranked", "blocked", "undecided", "nothing_proposed"]

COLUMNS: Final = ("department", "proposed", "what happened", "who decided")
_GAP: Final = 2


@dataclass(frozen=True)
class Decider:
    """What decided on a proposal.

    Attributes:
        kind: of a chosen action the `rule` that proposed it; of a blocked one a `guard`, `law`, `gate` or `fault`; of
            an outranked one what put another before it: `tier`, `score` or `name` (`order`, when scores are kept from
            the reader); of an undecided one the `data` that would decide.
        id: the id of the rule, law or gate, the name of the action before it, or the field. Empty when it is kept from
            the reader.
        department: whose rule, law or action that is.
        because: why, in words.
    """

    kind: str
    id: str
    department: str
    because: str


@dataclass(frozen=True)
class MatrixRow:
    """One proposal, or that a department proposed nothing.

    Attributes:
        department: whose action it is.
        action: its id, an item with its key; empty when nothing was proposed.
        title: its title.
        tier: its tier.
        happened: what became of it.
        rank: the place of a chosen one, counted from 1.
        channel: the channel of a chosen one.
        until: when a blocked one would be free, if nothing but time went by and that is known.
        decided_by: what decided that, all of it.
    """

    department: str
    action: str = ""
    title: str = ""
    tier: str = ""
    happened: Happened = "nothing_proposed"
    rank: int | None = None
    channel: str | None = None
    until: str | None = None
    decided_by: tuple[Decider, ...] = ()


@dataclass(frozen=True)
class Matrix:
    """A decision as a matrix. Prints as a table for people.

    Attributes:
        profile_id: the customer's identifier.
        as_of: the instant that the decision is made for.
        outcome: the outcome of the whole decision; where anything is confidential, without a word of faults.
        rows: by department; the chosen first, then the outranked, the blocked and the undecided.
    """

    profile_id: str | None
    as_of: str
    outcome: str
    rows: tuple[MatrixRow, ...]
    _place: Place = field(default=NOWHERE, repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data that JSON can carry."""
        found: dict[str, Any] = plain(self)
        return found

    def cells(self) -> Iterator[tuple[str, str, str, str]]:
        """The rows in words, a cell for each of `COLUMNS`; a department is named once."""
        for department, rows in groupby(self.rows, key=lambda row: row.department):
            for number, row in enumerate(rows):
                decided = "\n".join(map(_decided, row.decided_by))
                yield "" if number else department, row.action or "-", self._happened(row), decided or "-"

    def __str__(self) -> str:
        page, rows = Page(), [COLUMNS, *self.cells()]
        of = f" for {self.profile_id}" if self.profile_id else ""
        page.add(f"Who decided{of}, as of {self._place.moment(self.as_of)}")
        page.gap()
        widths = [min(max(len(row[column]) for row in rows), limit) for column, limit in enumerate((16, 26, 18))]
        widths.append(WIDTH - sum(widths) - 3 * _GAP)
        for row in rows:
            cells = [_folded(cell, width) for cell, width in zip(row, widths, strict=True)]
            for parts in zip_longest(*cells, fillvalue=""):
                line = (" " * _GAP).join(part.ljust(width) for part, width in zip(parts, widths, strict=True))
                page.lines.append(line.rstrip())
        return str(page)

    def _happened(self, row: MatrixRow) -> str:
        match row.happened:
            case "chosen":
                return f"number {row.rank}{by_channel(row.channel)}"
            case "blocked":
                return f"held back until {self._place.moment(row.until)}" if row.until else "held back"
            case "nothing_proposed":
                return "proposed nothing"
        return row.happened


def matrix(account: Account) -> Matrix:
    """A decision as a matrix, as far as the account may see it."""
    trace, decided, sight = account.trace, account.decided, account.sight
    actions = trace.ruleset.actions
    proposed = {(of.candidate.action.id, sight.key(of.candidate)) for of in account.screened.values()}
    rows = [_row(fate) for fate in account.fates()]
    # Of others' rules that are kept from the reader it is not told either that they are in doubt.
    visible = {of.id for of in trace.ruleset.statements if of.department in sight.names or sight.sees_rule(of.id)}
    doubts = [of for of in undecided(trace, sight) if of.rule in visible and (of.action, of.key) not in proposed]
    for (action, key), found in groupby(sorted(doubts, key=_asked), key=lambda of: (of.action, of.key)):
        if action is not None:
            about = actions[action]
            paths = sorted({path for of in found for path in of.missing})
            data = tuple(Decider("data", path, "", "it would decide") for path in paths)
            name = sight.named(about, key)
            rows.append(MatrixRow(about.department, name, about.title, about.tier, "undecided", decided_by=data))
    names = {pack.department for pack in trace.ruleset.packs}
    silent = names - {row.department for row in rows}
    rows += [MatrixRow(department) for department in silent]
    return Matrix(
        decided.profile_id if sight.sees_field("id") else None,
        write_instant(trace.as_of),
        sight.outcome(decided.outcome),
        tuple(sorted(rows, key=lambda row: row.department)),
        account.place,
    )


def _asked(of: Undecided) -> tuple[str, str, str]:
    return of.action or "", str(of.key), of.rule


def _row(fate: Fate) -> MatrixRow:
    happened: Happened = "chosen"
    if fate.outranked_by is not None:
        happened, rival = "outranked", fate.outranked_by
        decided = [Decider(rival.order, rival.name, rival.department, rival.detail)]
    elif fate.outcome == "blocked":
        happened = "blocked"
        decided = [Decider(of.kind, of.id, who(of), of.because) for of in fate.blocked_by]
    else:
        decided = [Decider("rule", of.id, of.department, of.because) for of in fate.proposed_by]
    return MatrixRow(
        fate.department,
        fate.name,
        fate.title,
        fate.tier,
        happened,
        fate.rank,
        fate.channel,
        fate.until,
        tuple(dict.fromkeys(decided)),
    )


def _decided(of: Decider) -> str:
    if of.kind == "data":
        return f"{of.id} would decide"
    return f"{of.id or of.department}\n  {of.because}"


def _folded(text: str, width: int) -> list[str]:
    """The lines of a cell; those that a paragraph is folded into are indented like its first, or more."""
    clean = "".join(character if character.isprintable() or character == "\n" else " " for character in text)
    lines: list[str] = []
    for paragraph in clean.split("\n"):
        lines += textwrap.wrap(paragraph, width, subsequent_indent="  ", break_on_hyphens=False)
    return lines or [""]
