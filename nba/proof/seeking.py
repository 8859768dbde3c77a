"""Looking for an example, and not finding one: questions that grow by what a real decision shows of each example.

A question is asked with as little as may be enough (few guards, few actions). No example of less is a proof of the
whole. An example is decided for real; what speaks against it there is added, and the question asked again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, TypeAlias

from nba.decision import Decision
from nba.errors import EngineError
from nba.language import types
from nba.language.meaning import evaluate
from nba.language.values import FAILED, Value
from nba.matching.engines import available
from nba.proof.asking import Answer, encode, question, solve
from nba.proof.bits import Bit, alike, both, every, implies, term
from nba.proof.encode import Encoder
from nba.proof.numbers import nearest
from nba.proof.shrink import shrink, without_faults
from nba.proof.trying import Bench
from nba.proof.values import Scalar, Symbolic, Truth, is_missing
from nba.proof.witness import Witness, witness
from nba.proof.world import Settings
from nba.ruleset.model import Feature, Ruleset

Ask: TypeAlias = Callable[[Encoder, frozenset[str]], Bit]
"""What is asked, with the parts that count so far."""
Missing: TypeAlias = Callable[[Decision], Iterable[str]]
"""From the decision on an example that shows nothing to the parts that speak against it."""
_TRIES = 40
ENGINES_TO_SHOW = ("durable",)
"""The engines, beside the native one, by which an example is decided as well."""
_LEMMAS = 8


@dataclass(frozen=True)
class Sought:
    """What came of looking for an example: none there is (a proof), one, or not known and why."""

    status: Literal["never", "found", "unknown"]
    example: Witness | None = None
    decision: Decision | None = None
    why: str = ""
    approximated: tuple[str, ...] = ()
    shows: Callable[[Decision], bool] | None = None


@dataclass(frozen=True)
class Lemma:
    """What a feature really says of what it reads."""

    feature: str
    read: tuple[Value, ...]
    says: Value


@dataclass
class Seeker:
    """Looks for examples in one set of rules."""

    ruleset: Ruleset
    bench: Bench
    settings: Settings = "current"
    time_limit: float = 10.0

    def seek(
        self,
        ask: Ask,
        shows: Callable[[Decision], bool],
        against: Missing,
        parts: frozenset[str],
        all_parts: frozenset[str],
        *,
        quick: bool = False,
    ) -> Sought:
        """An example for which `shows` is true of the decision, or that there is none.

        Args:
            ask: the question with some of the parts.
            shows: whether a decision shows it.
            against: what speaks against an example that does not, to be added to the parts.
            parts: the parts to begin with.
            all_parts: all there are.
            quick: give up on examples that show nothing when decided, instead of asking with all parts.
        """
        ends = time.perf_counter() + self.time_limit
        lemmas: list[Lemma] = []
        why, answer = "", None
        for _ in range(_TRIES):
            encoder, asked = encode(self.ruleset, self._build(ask, parts, lemmas), self.settings)
            answer = solve(question(encoder, asked), max(0.01, ends - time.perf_counter()))
            if answer.status == "never":
                return Sought("never", approximated=tuple(encoder.world.approximated))
            if answer.status == "unknown":
                return Sought("unknown", why=answer.why, approximated=tuple(encoder.world.approximated))
            example, decision = self._tried(answer, shows, encoder, asked)
            if example is not None:
                return Sought("found", example, decision, shows=shows)
            more = frozenset(against(decision)) - parts if decision is not None else frozenset()
            learned = [of for of in self._lemmas(decision, encoder) if of not in lemmas]
            if more:
                parts |= more
            elif learned and len(lemmas) < _LEMMAS:
                lemmas += learned
            elif quick:
                return Sought("unknown", why=_why_not(encoder))
            elif parts != all_parts:
                parts = all_parts
            else:
                why = _why_not(encoder)
                break
        approximated = tuple(answer.world.approximated) if answer is not None else ()
        return Sought("unknown", why=why or "no example could be made to show it", approximated=approximated)

    def smallest(self, sought: Sought) -> Sought:
        """The same with the smallest example, which every engine that can be used here shows.

        Raises:
            EngineError: an engine decides otherwise than the native one.
        """
        shows, example = sought.shows, sought.example
        if example is None or shows is None:
            return sought
        example = shrink(example, lambda of: shows(self.bench.decide(of)))
        for engine in ENGINES_TO_SHOW:
            if available()[engine] is None and not shows(self.bench.decide(example, engine)):
                told = "please report it, with the rules and this profile"
                raise EngineError(f"the engines native and {engine} differ about {example.profile}; {told}")
        return replace(sought, example=example, decision=self.bench.decide(example))

    def _build(self, ask: Ask, parts: frozenset[str], lemmas: list[Lemma]) -> Callable[[Encoder], Bit]:
        def build(encoder: Encoder) -> Bit:
            asked = ask(encoder, parts)
            return every((asked, *(self._holds(encoder, of) for of in lemmas)))

        return build

    def _tried(
        self, answer: Answer, shows: Callable[[Decision], bool], encoder: Encoder, asked: Bit
    ) -> tuple[Witness | None, Decision | None]:
        """The model's example when it shows what is sought; else the decision on it."""
        last: Decision | None = None
        for found in self._models(answer, encoder, asked):
            decided: list[Decision] = []

            def holds(of: Witness, decided: list[Decision] = decided) -> bool:
                decided.append(self.bench.decide(of))
                return shows(decided[-1])

            example = without_faults(witness(found), holds)
            if example is not None:
                return example, decided[-1]
            last = decided[-1] if decided else last
        return None, last

    def _models(self, answer: Answer, encoder: Encoder, asked: Bit) -> Iterable[Answer]:
        """The model, and one whose numbers are doubles where those of the first are not."""
        yield answer
        pins = []
        for leaf in encoder.world.leaves.values():
            if isinstance(leaf.type, types.Number) and not leaf.type.integer:
                exact = answer.model.eval(leaf.term, model_completion=True)
                if hasattr(exact, "numerator_as_long"):
                    number = Fraction(exact.numerator_as_long(), exact.denominator_as_long())
                    double = nearest(number)
                    if double is not None and Fraction(double) != number:
                        pins.append(leaf.term == term(Fraction(double)))
        if pins:
            pinned = question(encoder, asked)
            pinned.lemmas += pins
            again = solve(pinned, self.time_limit / 4)
            if again.model is not None:
                yield again

    def _lemmas(self, decision: Decision | None, encoder: Encoder) -> Iterable[Lemma]:
        """What the features that were read really say in a decision."""
        if decision is None:
            return
        env = decision._trace.environment()
        for fact in self.ruleset.facts:
            if isinstance(fact, Feature) and fact.id in encoder.world.opaque:
                read = tuple(evaluate(of, env) for of in fact.reads)
                if not any(isinstance(of, tuple | dict) for of in read):
                    yield Lemma(fact.id, read, env.facts[fact.id])

    def _holds(self, encoder: Encoder, lemma: Lemma) -> Bit:
        feature = next(of for of in self.ruleset.facts if of.id == lemma.feature)
        assert isinstance(feature, Feature)
        reads = [encoder.value(of) for of in feature.reads]
        same = every(_is(encoder, one, value) for one, value in zip(reads, lemma.read, strict=True))
        return implies(same, _is(encoder, encoder.world.feature(feature), lemma.says))


def _is(encoder: Encoder, one: Symbolic, value: Value) -> Bit:
    """That a symbolic value is a plain one."""
    if value is FAILED:
        return one.failed
    if value is None:
        return is_missing(one).true
    kind = types.Enum(one.values) if isinstance(one, Scalar) and one.values else types.STRING
    other = encoder.world.lift(value, kind)
    if isinstance(one, Truth) and isinstance(other, Truth):
        return both(alike(one.true, other.true), alike(one.false, other.false))
    return encoder.compare("==", one, other).true


def _why_not(encoder: Encoder) -> str:
    world = encoder.world
    reasons = [f"the feature `{id}` is opaque to a proof" for id in world.opaque]
    reasons += [f"{words} cannot be followed exactly" for words in world.approximated]
    if not reasons:
        reasons = ["the example that the solver found does not show it when it is decided"]
    return "; ".join(reasons)
