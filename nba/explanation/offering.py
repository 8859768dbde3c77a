"""What a decision offers, by the words that selectors in YAML use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal, TypeAlias, get_args

from nba.errors import did_you_mean
from nba.proposing import Candidate
from nba.ruleset.model import Action, Ruleset
from nba.trace import Trace

Among: TypeAlias = Literal["chosen", "unblocked", "proposed"]
Words: TypeAlias = str | Iterable[str] | None


def offered(trace: Trace, among: Among, **said: Words) -> tuple[str, ...]:
    """The names of the candidates that every selector picks, in the order of the decision.

    Raises:
        ValueError: a word that nothing loaded has: it would never be offered.
    """
    if among not in get_args(Among):
        raise ValueError(f'among should be "chosen", "unblocked" or "proposed", not {str(among)[:40]!r}')
    wanted = {what: _known(what, words, trace.ruleset) for what, words in said.items() if words is not None}
    channels = wanted.pop("channel", None)
    names = (
        candidate.name
        for candidate, left in _candidates(trace, among)
        if all(_has(candidate.action, what, words) for what, words in wanted.items())
        and (channels is None or not channels.isdisjoint(left))
    )
    return tuple(dict.fromkeys(names))


def _candidates(trace: Trace, among: Among) -> Iterator[tuple[Candidate, Collection[str | None]]]:
    """The candidates that are meant, each with the channels that count."""
    if among == "chosen":
        yield from ((of.screened.candidate, (of.channel,)) for of in trace.arbitration.chosen)
    elif among == "unblocked":
        ranked = [of.screened for of in trace.arbitration.chosen] + [of.screened for of in trace.arbitration.outranked]
        yield from ((of.candidate, of.channels) for of in ranked)
    else:
        yield from ((of.candidate, of.candidate.action.channels) for of in trace.screened)


def _has(action: Action, what: str, words: frozenset[str]) -> bool:
    match what:
        case "tier":
            return action.tier in words
        case "department":
            return action.department in words
        case "action":
            return action.id in words
        case _:
            return not action.tags.isdisjoint(words)


def _known(what: str, words: str | Iterable[str], ruleset: Ruleset) -> frozenset[str]:
    found = frozenset([words] if isinstance(words, str) else words)
    known = words_of(ruleset)[what]
    for word in sorted(found - known):
        hint = did_you_mean(word, known)
        raise ValueError(f"nothing loaded has the {what} `{word[:100]}`" + (f": {hint}" if hint else ""))
    return found


def words_of(ruleset: Ruleset) -> Mapping[str, frozenset[str]]:
    """The words that selectors can use of what is loaded, by the key of the selector."""
    actions = ruleset.actions.values()
    return {
        "tier": frozenset(ruleset.house.tiers),
        "department": frozenset({*(of.department for of in ruleset.packs), *(of.department for of in actions)}),
        "action": frozenset(ruleset.actions),
        "tag": frozenset(tag for of in actions for tag in of.tags),
        "channel": frozenset(channel for of in actions for channel in of.channels),
    }
