"""What happens to a customer over time, as a state machine of Hypothesis: offers, answers, cases, consent, and days.

    class DealerJourney(CustomerJourney):
        orchestrator = nba.load("rules")
        invariants = (we_fix_before_we_sell,)

    def test_every_journey():
        assert_journeys(DealerJourney)

After each step a decision is made, and everything that has to hold is looked at: the laws of the house, precedence,
consent, and what the subclass adds. A failure tells the fewest steps that lead to it.
"""

from __future__ import annotations

import functools
import os
import unittest
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from nba.decision import Decision
from nba.language.moments import read_instant, write_instant
from nba.orchestrator import Orchestrator
from nba.screening.gates import consented
from nba.testing.again import again, asked_again
from nba.testing.examining import Complaint
from nba.testing.invariants import Predicate, complaint_of, sentence
from nba.testing.metamorphic import forgetting
from nba.testing.recording import Records, facts, record_lists, records
from nba.testing.saving import as_case
from nba.testing.stating import laws_of

F = TypeVar("F", bound=Callable[..., None])
_WAITS = (1, 12, 24, 25, 72, 168, 240, 336, 720, 2160, 8760)
_ANSWERS = ("accepted", "rejected", "ignored")


def step(**arguments: st.SearchStrategy[Any]) -> Callable[[F], Any]:
    """Mark a method as a step of a journey, with a strategy for each argument; as `hypothesis.stateful.rule`.

    The arguments of a step are plain data, so that a journey can be told and taken again.
    """

    def mark(function: F) -> Any:
        @rule(**arguments)
        @functools.wraps(function)
        def taken(self: CustomerJourney, **given: Any) -> None:
            self.steps.append((function.__name__, given))
            function(self, **deepcopy(given))

        return taken

    return mark


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
    invariants: ClassVar[Sequence[Callable[..., Any]]] = ()
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
        self.steps: list[tuple[str, dict[str, Any]]] = []
        self._looks = 0
        ruleset = self.orchestrator.ruleset
        self._laws = laws_of(ruleset)
        self._purposes = sorted({of.purpose for of in ruleset.actions.values() if of.purpose is not None})
        self._channels = sorted({channel for of in ruleset.actions.values() for channel in of.channels})
        self._lists = record_lists(ruleset.profile)

    @step(hours=st.sampled_from(_WAITS))
    def time_passes(self, hours: int) -> None:
        """Hours go by."""
        self.now += timedelta(hours=hours)

    @precondition(lambda self: bool(self.decision.actions))
    @step()
    def we_act(self) -> None:
        """What was decided is done, and recorded among the interactions."""
        told = self.profile.setdefault("interactions", [])
        for of in self.decision.actions:
            entry = {"id": f"I{len(told) + 1}", "action": of.action, "key": None if of.key is None else str(of.key)}
            entry |= {"department": of.department, "channel": of.channel, "at": write_instant(self.now)}
            told.append({name: value for name, value in entry.items() if value is not None} | {"outcome": "offered"})

    @precondition(lambda self: bool(self._open_offers()))
    @step(outcome=st.sampled_from(_ANSWERS))
    def the_customer_answers(self, outcome: str) -> None:
        """The customer accepts, rejects or ignores what was offered last."""
        self._open_offers()[-1]["outcome"] = outcome

    @precondition(lambda self: bool(self._purposes))
    @step(purpose=_of(lambda self: self._purposes), granted=st.booleans(), channels=st.booleans())
    def consent_is_told(self, purpose: str, granted: bool, channels: bool) -> None:
        """The customer gives consent for a purpose, or withdraws it; on all channels, or (not `channels`) on none."""
        of = {"granted": granted, "channels": dict.fromkeys(self._channels, channels), "at": write_instant(self.now)}
        self.profile.setdefault("consents", {})[purpose] = of

    @precondition(lambda self: bool(self._lists))
    @step(drawn=st.runner().flatmap(lambda self: self._new_record()))
    def a_record_comes(self, drawn: tuple[str, dict[str, Any]]) -> None:
        """A case is opened, an order is placed: a record with a status joins its list."""
        path, record = drawn
        self._list(path).append(record)

    @precondition(lambda self: bool(self._known_records()))
    @step(drawn=_of(lambda self: self._known_records()))
    def a_record_moves(self, drawn: tuple[str, int, str, str]) -> None:
        """A case is resolved or opened again: a record gets another status."""
        path, index, field, status = drawn
        self._list(path)[index][field] = status

    @step(drawn=st.runner().flatmap(lambda self: facts(self.orchestrator, self.now)))
    def something_is_learned(self, drawn: tuple[str, Any]) -> None:
        """A field becomes known, or is known otherwise than before."""
        path, value = drawn
        *above, name = path.split(".")
        record = self.profile
        for part in above:
            record = record.setdefault(part, {})
        record[name] = value

    @precondition(lambda self: bool(self.profile))
    @step(path=_of(lambda self: [path for path, _ in forgetting(self.profile)]))
    def something_is_forgotten(self, path: str) -> None:
        """A field is not known any more."""
        self.profile = dict(forgetting(self.profile)).get(path, self.profile)

    @invariant()
    def everything_holds(self) -> None:
        """Decide, and look at all that has to hold.

        Raises:
            AssertionError: what does not, with the steps that led to it.
        """
        __tracebackhide__ = True
        self._looks += 1
        self.decision = self.orchestrator.decide(self.profile, context=self.context, as_of=self.now, limit=self.limit)
        for name, complaint in self._complaints():
            if complaint is not None:
                raise AssertionError(self._told(name, complaint))

    def _complaints(self) -> Any:
        decision = self.decision
        for law in self._laws:
            says = law.broken(decision) if law.binds(decision) else None
            yield law.id, None if says is None else Complaint(says, decision, law.expected(decision))
        yield "precedence", self._precedence()
        yield "consent", self._consent()
        for of in self.invariants:
            predicate: Predicate = getattr(of, "predicate", of)
            yield sentence(predicate), complaint_of(predicate, decision)

    def _precedence(self) -> Complaint | None:
        arbitration = self.decision._trace.arbitration
        ranks = [of.screened.candidate.action.rank for of in arbitration.chosen]
        waiting = [of.screened.candidate.action.rank for of in arbitration.outranked if of.why == "limit"]
        if ranks == sorted(ranks) and (not waiting or ranks[-1] <= min(waiting)):
            return None
        return Complaint(
            f"a lower tier stands above a higher one: {[of.tier for of in self.decision.actions]}", self.decision
        )

    def _consent(self) -> Complaint | None:
        trace = self.decision._trace
        for of in trace.screened:
            purpose = of.candidate.action.purpose
            for channel in of.channels if purpose is not None else ():
                if consented(trace.env.profile.get("consents"), str(purpose), channel) is not True:
                    says = f"{of.candidate.name} goes ahead on {channel} without consent to {purpose}"
                    return Complaint(says, self.decision, {"blocked": {of.candidate.name: ["consent"]}})
        return None

    def _told(self, name: str, complaint: Complaint) -> str:
        where = type(self).__name__
        lines = [f"{name}: this does not hold on a journey of {len(self.steps)} steps ({where})"]
        lines += [f"  {line}" for line in complaint.says.splitlines()]
        lines += ["", "steps:", *(f"  {number}. {_shown(*of)}" for number, of in enumerate(self.steps, 1)), ""]
        if self._looks == len(self.steps) + 1:
            lines.append(f"again: {again(where, [where, self.steps])}")
        else:
            lines.append("again: with @reproduce_failure below; steps that are marked with nba.testing.step need none")
        return "\n".join([*lines, *as_case(complaint.decision, name, complaint.expect)])

    def _open_offers(self) -> list[dict[str, Any]]:
        told = self.profile.get("interactions") or []
        return [of for of in told if of is not None and of.get("outcome") == "offered"]

    def _list(self, path: str) -> list[Any]:
        section, _, name = path.rpartition(".")
        record = self.profile.setdefault(section, {}) if section else self.profile
        found: list[Any] = record.setdefault(name, [])
        return found

    def _new_record(self) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
        return st.one_of(
            [records(of, self.now, self._count(of)).map(functools.partial(_pair, of.path)) for of in self._lists]
        )

    def _count(self, of: Records) -> int:
        section, _, name = of.path.rpartition(".")
        record = self.profile.get(section) or {} if section else self.profile
        return len(record.get(name) or [])

    def _known_records(self) -> list[tuple[str, int, str, str]]:
        found = []
        for of in self._lists:
            for index in range(self._count(of)):
                record = self._list(of.path)[index]
                if record is not None:
                    found += [
                        (of.path, index, of.status, value) for value in of.values if value != record.get(of.status)
                    ]
        return found

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
    TestCase: Any = _AsTestCase()  # type: ignore[assignment]  # one that tells how to take the journey again


def _pair(path: str, record: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return path, record


def _shown(name: str, given: Mapping[str, Any]) -> str:
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in given.items())})"


def assert_journeys(
    journey: type[CustomerJourney],
    *,
    steps: int = 20,
    examples: int | None = None,
    settings: Any = None,
    save: str | os.PathLike[str] | None = None,
) -> None:
    """Assert that everything holds after each step of many journeys.

    Args:
        journey: the state machine.
        steps: at most so many in one journey.
        examples: how many journeys; as many as Hypothesis is configured for when not given.
        settings: Hypothesis' own, in place of `steps` and `examples`.
        save: the folder to keep a failure in, as a case of the decision at its end.

    Raises:
        AssertionError: what does not hold, with the fewest steps that lead to it.
    """
    __tracebackhide__ = True
    taken = asked_again(journey.__name__)
    if taken is not None:
        _take(journey, taken)
        return
    run_state_machine_as_test(journey, settings=settings or _settings(steps, examples))
