"""Gates: policy checks on a candidate and channel. A gate that is in doubt blocks, and so does one that raises.

This is the one place where a gate goes in: a function from candidate, channel and environment to a block or None, in
`BUILT_IN` or brought by a plugin. It is made for each action when the rules are loaded: None for an action that it
never blocks, so that nobody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, tzinfo
from typing import Any, TypeAlias

from nba.facts import frozen, has_failed, raised
from nba.language.compiled import compile_node
from nba.language.meaning import Environment, conjunction, disjunction
from nba.language.values import FAILED, Truth
from nba.plugins import Block, Offered
from nba.proposing import Candidate
from nba.results import DecisionError
from nba.ruleset.model import Action, Gate, Ruleset
from nba.schema.scalars import Misfit, instant, text
from nba.schema.zones import zone
from nba.screening.blocks import Blocked

Check: TypeAlias = Callable[[Candidate, str | None, Environment, list[DecisionError]], Blocked | None]


def validity(ruleset: Ruleset, action: Action) -> Check | None:
    """Blocks before the first and after the last day of an action, in the house's time zone."""
    if action.valid is None:
        return None
    first, last = action.valid
    house_zone = zone(ruleset.house.timezone) or UTC

    def check(
        candidate: Candidate, channel: str | None, env: Environment, errors: list[DecisionError]
    ) -> Blocked | None:
        try:
            today = env.clock.as_of.astimezone(house_zone).date()
        except OverflowError:
            return _gate("validity", candidate, "the day of the decision is off the calendar", truth=None)
        if first is not None and today < first:
            return _gate("validity", candidate, f"it starts on {first.isoformat()}", until=_midnight(first, house_zone))
        if last is not None and today > last:
            return _gate("validity", candidate, f"it ended on {last.isoformat()}")
        return None

    return check


def consent(ruleset: Ruleset, action: Action) -> Check | None:
    """Blocks where the customer has not consented to the purpose of an action, or it is not known.

    Consent is given for a purpose on a channel. An action without channels needs it on any channel.
    """
    if action.purpose is None:
        return None
    purpose = action.purpose

    def check(
        candidate: Candidate, channel: str | None, env: Environment, errors: list[DecisionError]
    ) -> Blocked | None:
        granted = consented(env.profile.get("consents"), purpose, channel)
        if granted is True:
            return None
        on = f" on {channel}" if channel else ""
        if granted is False:
            return _gate("consent", candidate, f"the customer has refused {purpose}{on}", channel)
        because = f"it is not known whether the customer has consented to {purpose}{on}"
        return _gate("consent", candidate, because, channel, truth=None)

    return check


def consented(consents: Any, purpose: str, channel: str | None) -> Truth:
    """Whether the customer has consented to a purpose, and to it on a channel (on any, when the channel is None).

    Both must be known: a purpose that is granted on channels that are not known is not known to be granted on this one.

    >>> given = {"marketing": {"granted": True, "channels": {"email": True, "phone": False}}}
    >>> [consented(given, "marketing", channel) for channel in ("email", "phone", "sms")]
    [True, False, None]
    """
    given = consents.get(purpose) if isinstance(consents, dict) else None
    if not isinstance(given, dict):
        return None
    channels = given.get("channels")
    if not isinstance(channels, dict):
        on_channel = None
    else:
        on_channel = (
            channels.get(channel) if channel is not None else (disjunction(channels.values()) if channels else None)
        )
    truth = conjunction([given.get("granted"), on_channel])
    return None if truth is FAILED else truth


def conversation(ruleset: Ruleset, action: Action) -> Check | None:
    """Leaves only the channel on which the customer is talking with us now.

    `context.channel` is that channel, unless `context.direction` says that the contact is outbound.
    """
    if not action.channels:
        return None

    def check(
        candidate: Candidate, channel: str | None, env: Environment, errors: list[DecisionError]
    ) -> Blocked | None:
        here, direction = env.context.get("channel"), env.context.get("direction")
        if (here is None and direction is None) or direction == "outbound" or channel == here:
            return None
        if here is None or here is FAILED or direction is FAILED:
            because = "the customer is in contact with us now, on a channel that is not known"
            return _gate("conversation", candidate, because, channel, truth=None)
        return _gate("conversation", candidate, f"the customer is talking with us on {here} now", channel)

    return check


BUILT_IN: tuple[Callable[[Ruleset, Action], Check | None], ...] = (validity, consent, conversation)


def plugin_gate(gate: Gate) -> Check:
    """A plugin's gate, contained: one that raises, or answers anything but a block or None, blocks."""
    reads = [compile_node(node) for node in gate.reads]

    def check(
        candidate: Candidate, channel: str | None, env: Environment, errors: list[DecisionError]
    ) -> Blocked | None:
        action = candidate.action
        offered = Offered(action.id, candidate.key, action.department, action.tier, action.tags)
        values = [read(env) for read in reads]
        if any(map(has_failed, values)):
            return _gate(gate.id, candidate, "what this gate looks at could not be read", channel, truth=None)
        try:
            answer = gate.function(offered, channel, *map(frozen, values))
        except Exception as error:  # a plugin may raise anything, and a gate that raises blocks
            errors.append(DecisionError(gate.id, raised(error)))
            return _gate(gate.id, candidate, "this gate failed, and a gate that fails blocks", channel, truth=None)
        if answer is None:
            return None
        block = _read(answer)
        if block is not None:
            return _gate(gate.id, candidate, block.because, channel, until=block.until)
        errors.append(
            DecisionError(gate.id, f"answered {type(answer).__name__}; a gate answers nba.Block(because) or None")
        )
        return _gate(gate.id, candidate, "this gate failed, and a gate that fails blocks", channel, truth=None)

    return check


def _read(answer: object) -> Block | None:
    """The block that a plugin answered, read strictly; None when it is no block or not filled in as its types say."""
    if not isinstance(answer, Block) or not isinstance(answer.until, datetime | None):
        return None
    try:
        return Block(text(answer.because), None if answer.until is None else instant(answer.until))
    except Misfit:
        return None


def _gate(
    id: str,
    candidate: Candidate,
    because: str,
    channel: str | None = None,
    *,
    truth: Truth = True,
    until: datetime | None = None,
) -> Blocked:
    department = id.partition(".")[0] if "." in id else "house"
    return Blocked("gate", id, department, because, channel, truth, until, candidate.action.source)


def _midnight(day: date, house_zone: tzinfo) -> datetime | None:
    try:
        return datetime(day.year, day.month, day.day, tzinfo=house_zone).astimezone(UTC)
    except OverflowError:
        return None


def gates_of(ruleset: Ruleset, action: Action, brought: Iterable[Check]) -> tuple[Check, ...]:
    """The gates that can block an action, in the order in which their reasons are listed: those `brought` come last."""
    built_in = (make(ruleset, action) for make in BUILT_IN)
    return *(check for check in built_in if check is not None), *brought
