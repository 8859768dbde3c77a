"""The orchestrator: rules loaded once, decisions made many times. Its `decide` is the whole pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Literal

from nba.arbitration import arbitrate
from nba.decision import Decision
from nba.errors import ContextError, ProfileError
from nba.facts import FactBase, Problem
from nba.language.compiled import compile_node
from nba.language.meaning import Environment
from nba.language.moments import read_instant
from nba.language.values import Value
from nba.matching import Match, MatcherFactory
from nba.proposing import Proposer
from nba.reads import reads
from nba.ruleset.model import Duty, Ruleset
from nba.schema.reading import Reading, reader
from nba.screening import Screen, Screened
from nba.trace import Trace

OnInvalid = Literal["raise", "unknown"]


class Orchestrator:
    """A set of rules, ready to decide. Immutable, and shared by threads; new rules are a new orchestrator.

    Made by `nba.load`.
    """

    def __init__(
        self, ruleset: Ruleset, matcher: str, make: MatcherFactory, extra: Literal["ignore", "forbid"]
    ) -> None:
        self.ruleset = ruleset
        self.matcher = matcher
        self._read_profile = reader(ruleset.profile, extra=extra)
        self._read_context = reader(ruleset.context, extra=extra)
        self._facts = FactBase(ruleset)
        self._features = [compile_node(node) for node in ruleset.layer.features]
        self._match = make(ruleset.layer).match
        self._proposer = Proposer(ruleset, make)
        self._screen = Screen(ruleset)
        self._ranks = {id: action.rank for id, action in ruleset.actions.items()}

    def decide(
        self,
        profile: object,
        *,
        as_of: datetime | str,
        context: object = None,
        limit: int | None = 1,
        on_invalid: OnInvalid = "raise",
        signals: Mapping[str, Value] | None = None,
        proposed: Iterable[str] = (),
    ) -> Decision:
        """Decide for one customer as a whole.

        Args:
            profile: the unified profile: a mapping, a pydantic model, or an object with attributes.
            as_of: the instant to decide for: an aware datetime, or ISO 8601 text with an offset.
            context: the state of the enterprise at this moment, like `profile`.
            limit: at most so many actions; None for all that nothing blocks.
            on_invalid: `raise` on data that does not fit the schema, or take it as `unknown` and report it.
            signals: stand-ins for signals by id, so that a pack is tested without the others.
            proposed: actions to propose whatever the rules say, for the same use.

        Raises:
            ProfileError: every path of the profile that does not fit.
            ContextError: every path of the context that does not fit.
            ValueError: `as_of` is not an instant with an offset, or `limit` is less than 1.

        >>> import nba
        >>> dealer = nba.load(nba.shipped("car-dealer"))
        >>> broken = {"service": {"cases": [{"id": "K1", "status": "open", "severity": "high"}]}}
        >>> dealer.decide(broken, as_of="2026-11-22T09:00:00Z").action.action
        'service.call_back'
        """
        moment, limit = _instant(as_of), _limit(limit)
        errors: list[Problem] = []
        person = self._input(self._read_profile(profile), ProfileError, on_invalid, errors)
        around = self._input(self._read_context(context or {}), ContextError, on_invalid, errors)
        stand_ins = self._stand_ins(signals or {})

        env = self._facts.compute(person, around, moment, stand_ins, errors)
        features = [compute(env) for compute in self._features]
        match = self._match(features)
        found = self._proposer.propose(match, features, env, self._known(proposed), errors)
        screened = self._screen.screen(found.candidates, found.doubts, match, features, env, errors, self._ranks)
        arbitration = arbitrate(screened, limit, _preferred(env))

        trace = Trace(
            ruleset=self.ruleset,
            matcher=self.matcher,
            profile=person,
            as_of=moment,
            limit=limit,
            env=env,
            match=match,
            proposed=found,
            screened=tuple(screened),
            arbitration=arbitration,
            notices=tuple(of for of in self.ruleset.notices if of.condition in match.true),
            duties_unmet=tuple(of for of in self.ruleset.duties if _is_unmet(of, match, screened)),
            errors=tuple(errors),
            stand_ins=stand_ins,
        )
        return self._observed(trace)

    def reads(self) -> dict[str, tuple[str, ...]]:
        """The profile and context paths that each rule, law, action and signal reads, by id; signals are followed.

        Your SELECT list, and your record of data minimisation.
        """
        return reads(self.ruleset)

    def _observed(self, trace: Trace) -> Decision:
        decision = Decision(trace)
        if not self.ruleset.observers:
            return decision
        errors = list(trace.errors)
        for name, observer in self.ruleset.observers:
            try:
                observer(decision=decision)
            except Exception as error:  # an observer may raise anything; the decision is made all the same
                errors.append(Problem(name, f"its observer raised {type(error).__name__}: {str(error)[:200]}"))
        return decision if len(errors) == len(trace.errors) else decision.with_errors(tuple(errors))

    def _stand_ins(self, signals: Mapping[str, Value]) -> Mapping[str, Value]:
        known = {fact.id for fact in self.ruleset.facts}
        unknown = sorted(set(signals) - known)
        if unknown:
            raise ValueError(f"there is no signal {', '.join(unknown)}")
        return signals

    def _known(self, proposed: Iterable[str]) -> list[str]:
        named = sorted(set(proposed))
        for id in named:
            action = self.ruleset.actions.get(id)
            if action is None or action.for_each is not None:
                why = "there is no such action" if action is None else "it is proposed for each of its items only"
                raise ValueError(f"{id} cannot be proposed: {why}")
        return named

    @staticmethod
    def _input(
        reading: Reading,
        error: type[ProfileError] | type[ContextError],
        on_invalid: OnInvalid,
        errors: list[Problem],
    ) -> dict[str, Value]:
        if reading.faults and on_invalid == "raise":
            raise error(reading.faults)
        errors += [Problem(error.subject, str(fault)) for fault in reading.faults]
        return reading.value


def _instant(as_of: object) -> datetime:
    found = read_instant(as_of) if isinstance(as_of, str) else as_of
    if not isinstance(found, datetime) or found.tzinfo is None:
        wanted = "an aware datetime, or text such as 2026-12-31T09:00:00Z"
        raise ValueError(f"as_of should be {wanted}, not {str(as_of)[:40]!r}")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError("as_of is off the calendar") from None


def _limit(limit: object) -> int | None:
    if limit is None or (isinstance(limit, int) and not isinstance(limit, bool) and limit >= 1):
        return limit
    raise ValueError(f"limit should be at least 1, or None for all, not {str(limit)[:40]!r}")


def _preferred(env: Environment) -> tuple[str, ...]:
    channels = env.profile.get("preferred_channels")
    return tuple(of for of in channels if isinstance(of, str)) if isinstance(channels, tuple) else ()


def _is_unmet(duty: Duty, match: Match, screened: list[Screened]) -> bool:
    """Whether an `always` law binds and no unblocked candidate meets it."""
    if duty.condition not in match.true:
        return False
    return not any(set(duty.pairs.get(of.candidate.action.id, ())) & set(of.channels) for of in screened)
