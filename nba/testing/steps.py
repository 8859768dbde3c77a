"""The steps of a journey, and taking them: until something does not hold, and again."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import HealthCheck, Phase
from hypothesis import settings as Settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from hypothesis.stateful import rule, run_state_machine_as_test

from nba.testing.again import asked_again, command
from nba.testing.examining import Complaint, Folder, case_of
from nba.testing.fewest import Step, fewest
from nba.testing.invariants import sentence

if TYPE_CHECKING:
    from nba.testing.journeys import CustomerJourney

F = TypeVar("F", bound=Callable[..., None])


def step(**arguments: st.SearchStrategy[Any]) -> Callable[[F], Any]:
    """Mark a method as a step of a journey, with a strategy for each argument; as `hypothesis.stateful.rule`.

    The arguments of a step are plain data, so that a journey can be told and taken again.
    """

    def mark(function: F) -> Any:
        @functools.wraps(function)
        def taken(self: CustomerJourney, **given: Any) -> None:
            self.steps.append((function.__name__, given))
            try:
                function(self, **deepcopy(given))
            except HypothesisException:
                raise
            except Exception as error:
                says = f"raised {type(error).__name__}: {error}"
                raise self.broken(sentence(function), Complaint(says, self.decision)) from error

        as_rule: Any = rule
        return as_rule(**arguments)(taken)

    return mark


class JourneyBroken(AssertionError):
    """Something that has to hold does not, at the end of a journey."""

    def __init__(self, journey: str, name: str, complaint: Complaint, steps: list[Step], told: bool) -> None:
        self.journey, self.name, self.complaint, self.steps, self.told = journey, name, complaint, steps, told
        lines = [f"{name}: this does not hold at the end of {journey}"]
        lines += [f"  {line}" for line in complaint.says.splitlines()]
        lines += ["", "steps:", *(f"  {number}. {_shown(*of)}" for number, of in enumerate(steps, 1))]
        super().__init__("\n".join(lines))

    def whole(self, save: Folder | None = None) -> str:
        """All that there is to tell, with how to take the journey again."""
        again = command(self.journey, self.steps)
        if not self.told:  # there are steps that we have not seen
            again = "\n".join(["by Hypothesis, unless all steps are marked with nba.testing.step", *_notes(self)])
        return "\n".join([str(self), "", f"again: {again}", *case_of(self.complaint, self.name, save)])


def _notes(error: BaseException) -> list[str]:
    return list(getattr(error, "__notes__", ()))


def _shown(name: str, given: Mapping[str, Any]) -> str:
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in given.items())})"


def assert_journeys(
    journey: type[CustomerJourney],
    *,
    steps: int = 20,
    examples: int | None = None,
    settings: Any = None,
    save: Folder | None = None,
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
    asked = asked_again(journey.__name__)
    if asked is not None:
        broken = None if asked.data is None else _taken(journey, asked.data)
    else:
        broken = _found(journey, settings or _settings(steps, examples))
    if broken is not None:
        raise AssertionError(broken.whole(save)) from broken.__cause__


def _found(journey: type[CustomerJourney], settings: Settings) -> JourneyBroken | None:
    """The simplest journey on which something does not hold."""
    try:
        run_state_machine_as_test(journey, settings=settings)
    except JourneyBroken as broken:
        if not broken.told:
            return broken
        first = broken
        few = fewest(first.steps, lambda steps: _breaks(journey, steps, first.name))
        return _taken(journey, few) or first
    return None


def _taken(journey: type[CustomerJourney], steps: Sequence[Step]) -> JourneyBroken | None:
    """What does not hold when a journey is taken again."""
    machine = journey()
    try:
        machine.everything_holds()
        for name, given in steps:
            getattr(machine, name)(**given)
            machine.everything_holds()
    except JourneyBroken as broken:
        return broken
    finally:
        machine.teardown()
    return None


def _breaks(journey: type[CustomerJourney], steps: Sequence[Step], name: str) -> bool:
    broken = _taken(journey, steps)
    return broken is not None and broken.name == name


def _settings(steps: int, examples: int | None) -> Settings:
    return Settings(
        max_examples=examples or Settings().max_examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,  # what is found is told with its steps
        phases=(Phase.generate,),  # steps are plain data: leaving some out is faster than drawing them anew
        print_blob=True,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
