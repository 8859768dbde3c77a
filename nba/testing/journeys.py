"""What happens to a customer over time, as a state machine of Hypothesis: offers, answers, cases, consent, and days.

    class DealerJourney(CustomerJourney):
        orchestrator = nba.load("rules")
        must_hold = (we_fix_before_we_sell,)

    def test_every_journey():
        assert_journeys(DealerJourney)

After each step a decision is made, and everything that has to hold is looked at: the laws of the house, precedence,
consent, and what the subclass adds. A failure tells the fewest steps that lead to it.
"""

from __future__ import annotations

import unittest
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition

from nba.decision import Decision
from nba.errors import ProfileError
from nba.language.moments import read_instant, write_instant
from nba.orchestrator import Orchestrator
from nba.testing.examining import Complaint
from nba.testing.fewest import Step
from nba.testing.guarantees import misplaced, unconsented
from nba.testing.invariants import Predicate, complaint_of, sentence
from nba.testing.metamorphic import forgetting
from nba.testing.recording import MOST, Life, Records, found_at, leaves, put, records_at
from nba.testing.stating import laws_of
from nba.testing.steps import JourneyBroken, assert_journeys, step

_WAITS = (1, 12, 24, 25, 72, 168, 240, 336, 720, 2160, 8760)
_ANSWERS = ("accepted", "rejected", "ignored")


def _of(choices: Callable[[Any], Sequence[Any]]) -> st.SearchStrategy[Any]:
    """One of what the journey offers at this moment."""
    return st.runner().flatmap(lambda journey: st.sampled_from(choices(journey)))


class CustomerJourney(RuleBasedStateMachine):
    """A customer over time. Subclass it with an `orchestrator`; add steps with `@step`.

    A method of a subclass that is not wanted as a step is overridden with a plain method of its name.
    """

    orchestrator: ClassVar[Orchestrator]
    begins_at: ClassVar[str] = "2026-01-01T09:00:00Z"
    """The instant of the first decision."""
    begins_as: ClassVar[Mapping[str, Any]] = {}
    """The customer's profile before anything happens."""
    around: ClassVar[Mapping[str, Any]] = {}
    """The context, which stays as it is unless a step changes `self.context`."""
    must_hold: ClassVar[Sequence[Callable[..., Any]]] = ()
    """What else has to hold: functions of a decision, or tests that `nba.testing.invariant` made of such."""
    limit: ClassVar[int | None] = 1

    def __init__(self) -> None:
        super().__init__()
        self.profile: dict[str, Any] = deepcopy(dict(self.begins_as))
        self.context: dict[str, Any] = deepcopy(dict(self.around))
        begins = read_instant(self.begins_at)
        if begins is None:
            raise ValueError(f"begins_at is written 2026-12-31T09:00:00Z, not {self.begins_at!r}")
        self.now: datetime = begins
        self.decision: Decision
        self.steps: list[Step] = []
        self._looks = 0
        ruleset = self.orchestrator.ruleset
        self._laws = laws_of(ruleset)
        self._purposes = sorted({of.purpose for of in ruleset.actions.values() if of.purpose is not None})
        self._channels = sorted({channel for of in ruleset.actions.values() for channel in of.channels})
        self._life = Life.of(self.orchestrator)
        self._fitting = deepcopy(self.profile)

    @step(hours=st.sampled_from(_WAITS))
    def time_passes(self, hours: int) -> None:
        """Hours go by."""
        self.now += timedelta(hours=hours)

    @precondition(lambda self: bool(self.decision.actions))
    @step(answer=st.sampled_from(("offered", *_ANSWERS)))
    def we_act(self, answer: str) -> None:
        """What was decided is done, and recorded among the interactions; `offered` is still to be answered."""
        told = self.profile.setdefault("interactions", [])
        for of in self.decision.actions:
            entry = {"id": f"I{len(told) + 1}", "action": of.action, "key": None if of.key is None else str(of.key)}
            entry |= {"department": of.department, "channel": of.channel, "at": write_instant(self.now)}
            told.append({name: value for name, value in entry.items() if value is not None} | {"outcome": answer})

    @precondition(lambda self: bool(self._open_offers()))
    @step(outcome=st.sampled_from(_ANSWERS))
    def the_customer_answers(self, outcome: str) -> None:
        """The customer accepts, rejects or ignores what was offered last."""
        for offer in self._open_offers()[-1:]:
            offer["outcome"] = outcome

    @precondition(lambda self: bool(self._purposes))
    @step(purpose=_of(lambda self: self._purposes), granted=st.booleans())
    def consent_is_told(self, purpose: str, granted: bool) -> None:
        """The customer gives consent for a purpose on every channel, or withdraws it."""
        of = {"granted": granted, "channels": dict.fromkeys(self._channels, granted), "at": write_instant(self.now)}
        put(self.profile, ("consents", purpose), of)

    @precondition(lambda self: bool(self._growing()))
    @step(new=st.runner().flatmap(lambda self: self._new_record()))
    def a_record_comes(self, new: tuple[list[str], dict[str, Any]]) -> None:
        """A case is opened, an order is placed: a record joins its list."""
        path, record = new
        put(self.profile, path, [*(found_at(self.profile, path) or ()), record])

    @precondition(lambda self: bool(self._changes()))
    @step(change=_of(lambda self: self._changes()))
    def a_record_moves(self, change: tuple[list[str], int, str, str]) -> None:
        """A case is resolved or opened again: a record gets another status."""
        path, index, field, status = change
        for number, record in records_at(self.profile, path):
            if number == index:
                record[field] = status

    @precondition(lambda self: bool(self._life.fields))
    @step(fact=st.runner().flatmap(lambda self: self._life.fact(self.profile, self.now)))
    def something_is_learned(self, fact: tuple[list[str], Any]) -> None:
        """A field becomes known, or is known otherwise than before."""
        put(self.profile, *fact)

    @precondition(lambda self: any(leaves(self.profile)))
    @step(path=_of(lambda self: list(leaves(self.profile))))
    def something_is_forgotten(self, path: str) -> None:
        """A field is not known any more."""
        self.profile = dict(forgetting(self.profile)).get(path, self.profile)

    @invariant()
    def everything_holds(self) -> None:
        """Decide, and look at all that has to hold.

        Raises:
            JourneyBroken: what does not, with the steps that led to it.
        """
        __tracebackhide__ = True
        self._looks += 1
        self.decision = self._decided()
        for name, complaint in self._complaints():
            if complaint is not None:
                raise self.broken(name, complaint)

    def broken(self, name: str, complaint: Complaint) -> JourneyBroken:
        """What to raise of what does not hold."""
        # A look before the first step, and one after each: more looks than that are after steps that we have not seen.
        return JourneyBroken(type(self).__name__, name, complaint, self.steps, self._looks <= len(self.steps) + 1)

    def _decided(self) -> Decision:
        def decide() -> Decision:
            return self.orchestrator.decide(self.profile, context=self.context, as_of=self.now, limit=self.limit)

        try:
            decision = decide()
        except ProfileError:  # no customer is like that, as a check of the schema says: it has not happened
            self.profile = deepcopy(self._fitting)
            decision = decide()
        self._fitting = deepcopy(self.profile)
        return decision

    def _complaints(self) -> Any:
        decision = self.decision
        for law in self._laws:
            says = law.broken(decision) if law.binds(decision) else None
            yield law.id, None if says is None else Complaint(says, decision, law.expected(decision))
        yield "precedence", misplaced(decision)
        yield "consent", unconsented(decision)
        for of in self.must_hold:
            predicate: Predicate = getattr(of, "predicate", of)
            yield sentence(predicate), complaint_of(predicate, decision)

    def _open_offers(self) -> list[dict[str, Any]]:
        told = self.profile.get("interactions") or []
        return [of for of in told if of is not None and of.get("outcome") == "offered"]

    def _growing(self) -> list[Records]:
        """The lists that a record may join."""
        return [of for of in self._life.lists if len(records_at(self.profile, of.path)) < MOST]

    def _new_record(self) -> st.SearchStrategy[tuple[list[str], dict[str, Any]]]:
        return st.sampled_from(self._growing()).flatmap(
            lambda of: st.tuples(
                st.just(list(of.path)), self._life.record(of, self.now, len(records_at(self.profile, of.path)))
            )
        )

    def _changes(self) -> list[tuple[list[str], int, str, str]]:
        """The statuses that records may get."""
        return [
            (list(of.path), index, of.status, value)
            for of in self._life.lists
            if of.status is not None
            for index, record in records_at(self.profile, of.path)
            for value in of.fields[of.status]
            if value != record.get(of.status)
        ]

    class _AsTestCase:
        """`MyJourney.TestCase`, for those who collect journeys as Hypothesis' own state machines."""

        def __get__(self, instance: object, owner: type[CustomerJourney]) -> type[unittest.TestCase]:
            found: type[unittest.TestCase] | None = owner.__dict__.get("_test_case")
            if found is None:
                run = lambda case: assert_journeys(owner, settings=type(case).settings)  # noqa: E731 - a method
                found = type(f"{owner.__name__}.TestCase", (unittest.TestCase,), {"runTest": run, "settings": None})
                owner._test_case = found
            return found

    _test_case: ClassVar[type[unittest.TestCase] | None] = None
    TestCase: Any = _AsTestCase()  # one that tells how to take the journey again
