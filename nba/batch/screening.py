"""Guards, laws and gates on columns: which channels of an action are closed in which rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import reduce
from typing import Any

import numpy as np

from nba.batch.bits import ONES, Bits, Truth, pack
from nba.batch.columns import NONE, Bools, Column, Records, rows_in
from nba.batch.constants import plain
from nba.batch.evaluate import Rows, truth_of
from nba.facts import frozen
from nba.language import tree
from nba.plugins import Block, Offered
from nba.ruleset.model import Action, Gate, Guard, Ruleset
from nba.schema.scalars import Misfit, instant, text
from nba.schema.zones import zone

Channel = str | None
Closed = dict[Channel, Bits]
"""By channel, where it is closed."""


class Guards:
    """The guards and laws of a rule set. Those that pick the same pairs act as one."""

    def __init__(self, guards: Iterable[Guard]) -> None:
        self._guards = list(guards)
        groups: dict[frozenset[tuple[str, tuple[Channel, ...]]], list[Guard]] = {}
        for guard in self._guards:
            pairs = frozenset((action, channels) for action, channels in guard.pairs.items() if channels)
            groups.setdefault(pairs, []).append(guard)
        self.groups = [(dict(pairs), members) for pairs, members in groups.items()]

    def acting(self, guard: Guard, truths: Sequence[Truth]) -> Bits:
        """Where a guard blocks: doubt blocks, too, unless it opts out of it."""
        must, may = truths[guard.condition]
        return must if guard.lenient else may

    def closed(self, truths: Sequence[Truth]) -> dict[str, Closed]:
        """By action and channel, where guards and laws close it."""
        found: dict[str, Closed] = {}
        for pairs, members in self.groups:
            acting = reduce(np.bitwise_or, (self.acting(guard, truths) for guard in members))
            if not acting.any():
                continue
            for action, channels in pairs.items():
                closed = found.setdefault(action, {})
                for channel in channels:
                    closed[channel] = closed[channel] | acting if channel in closed else acting
        return found


class Gates:
    """The gates of the house on a chunk: validity, consent, and the conversation that is going on."""

    def __init__(self, ruleset: Ruleset, rows: Rows, context: Mapping[str, Any]) -> None:
        self._rows = rows
        self._today = _today(rows.as_of, ruleset)
        self._here, self._direction = context.get("channel"), context.get("direction")
        profile = rows.profile
        self._consents = profile.get("consents") if isinstance(profile, Records) else None
        self._granted: dict[tuple[str, Channel], Bits] = {}

    def closed(self, action: Action) -> dict[str, Closed]:
        """By gate and channel, where it closes an action."""
        found: dict[str, Closed] = {}
        if self._out_of_season(action):
            found["validity"] = dict.fromkeys(action.pairs, ONES)
        if action.purpose is not None:
            found["consent"] = {channel: ~self._consented(action.purpose, channel) for channel in action.pairs}
        elsewhere = [channel for channel in action.pairs if self._is_elsewhere(channel)]
        if elsewhere:
            found["conversation"] = dict.fromkeys(elsewhere, ONES)
        return found

    def _out_of_season(self, action: Action) -> bool:
        if action.valid is None:
            return False
        if self._today is None:
            return True
        first, last = action.valid
        return (first is not None and self._today < first) or (last is not None and self._today > last)

    def _is_elsewhere(self, channel: Channel) -> bool:
        here, direction = self._here, self._direction
        return not (
            channel is None or direction == "outbound" or (here is None and direction is None) or channel == here
        )

    def _consented(self, purpose: str, channel: Channel) -> Bits:
        kept = self._granted.get((purpose, channel))
        if kept is None:
            kept = self._granted[purpose, channel] = pack(consented(self._consents, purpose, channel))
        return kept


def _today(as_of: datetime, ruleset: Ruleset) -> date | None:
    try:
        return as_of.astimezone(zone(ruleset.house.timezone) or UTC).date()
    except OverflowError:
        return None


def consented(consents: Column | None, purpose: str, channel: Channel) -> Bools:
    """Where a customer is known to have consented to a purpose on a channel (on any, when the channel is None)."""
    given = consents.get(purpose) if isinstance(consents, Records) else None
    if not isinstance(given, Records):
        return NONE
    channels = given.get("channels")
    if not isinstance(channels, Records):
        return NONE
    if channel is not None:
        on_channel, _ = truth_of(channels.get(channel))
    else:
        on_channel = reduce(np.bitwise_or, (truth_of(of)[0] for of in channels.fields.values()), NONE)
    granted, _ = truth_of(given.get("granted"))
    return granted & on_channel


class PluginGate:
    """A plugin's gate, called for each candidate and channel; once for all rows when what it reads is the same."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate

    def prepare(self, rows: Rows) -> Callable[[Action, Channel, Sequence[int], Sequence[Any]], tuple[Bools, Bools]]:
        """The gate on a chunk: from an action, a channel, rows and their keys to where it blocks and where it fails."""
        columns = [rows.column(node) for node in self.gate.reads]
        kinds = [tree.type_of(node) for node in self.gate.reads]
        same = all(rows_in(of) == 1 for of in columns)
        kept: dict[tuple[str, Channel, Any], bool | None] = {}

        def check(action: Action, channel: Channel, places: Sequence[int], keys: Sequence[Any]) -> tuple[Bools, Bools]:
            arguments = [plain(of, kind, [0] if same else places) for of, kind in zip(columns, kinds, strict=True)]
            answers: list[bool | None] = []
            for number, key in enumerate(keys):
                asked = action.id, channel, key
                if same and asked in kept:
                    answers.append(kept[asked])
                    continue
                offered = Offered(action.id, key, action.department, action.tier, action.tags)
                answer = self._ask(offered, channel, [of[0 if same else number] for of in arguments])
                answers.append(answer)
                if same:
                    kept[asked] = answer
            return np.array([of is True for of in answers]), np.array([of is None for of in answers])

        return check

    def _ask(self, offered: Offered, channel: Channel, values: list[Any]) -> bool | None:
        """Whether it blocks; None when it fails."""
        try:
            answer = self.gate.function(offered, channel, *map(frozen, values))
        except Exception:  # a plugin may raise anything; `decide` reports it
            return None
        if answer is None:
            return False
        return True if _is_block(answer) else None


def _is_block(answer: object) -> bool:
    """Whether a plugin answered a block that is filled in as its types say."""
    if not isinstance(answer, Block) or not isinstance(answer.until, datetime | None):
        return False
    try:
        text(answer.because)
        if answer.until is not None:
            instant(answer.until)
    except Misfit:
        return False
    return True
