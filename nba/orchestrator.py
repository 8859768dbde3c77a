"""The orchestrator: rules loaded once, decisions made many times. Its `decide` is the whole pipeline."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, get_args

from nba.choosing import Chooser
from nba.decision import Decision
from nba.errors import ContextError, Fault, MissingExtraError, ProfileError, did_you_mean
from nba.facts import FactBase, raised
from nba.intake import Intake, OnInvalid
from nba.language.compiled import compile_node
from nba.language.values import FAILED, Value
from nba.matching import MatcherFactory
from nba.matching.native import NativeMatcher
from nba.proposing import Proposer
from nba.reads import reads
from nba.results import DecisionError, DecisionRecord
from nba.ruleset.model import Ruleset
from nba.schema.scalars import Misfit, instant, kind_of
from nba.schema.single import value_reader
from nba.screening import Screen
from nba.trace import Steps, Trace

if TYPE_CHECKING:
    from os import PathLike

    from nba.batch.frames import DecidedFrame
    from nba.batch.many import FailedProfile
    from nba.mapping import RowMapping


class Orchestrator:
    """A set of rules, ready to decide. Immutable, and shared by threads; new rules are a new orchestrator.

    Made by `nba.load`.
    """

    def __init__(
        self, ruleset: Ruleset, matcher: str, make: MatcherFactory, extra: Literal["ignore", "forbid"]
    ) -> None:
        self.ruleset = ruleset
        self.matcher = matcher
        self.extra = extra
        self._profiles = Intake(ruleset.profile, ProfileError, extra)
        self._contexts = Intake(ruleset.context, ContextError, extra)
        self._facts = FactBase(ruleset)
        proposer, screen = Proposer(ruleset, make), Screen(ruleset)
        features = [compile_node(node) for node in ruleset.layer.features]
        # Other engines may fail, and plugins' gates are asked about every candidate: then no step can wait.
        self._chooser = Chooser(ruleset, proposer, screen) if make is NativeMatcher and not ruleset.gates else None
        match = make(ruleset.layer).match if self._chooser is None else self._chooser.matcher.match
        self._steps = Steps(ruleset, matcher, features, match, proposer, screen)

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
            on_invalid: `raise` on data that does not fit the schema, or take it as `unknown` and report it. An invalid
                field is not missing: `is missing` and `default(...)` on it are unknown, too.
            signals: stand-ins for signals by id, so that a pack is tested without the others; None for an unknown one.
            proposed: actions to propose whatever the rules say, for the same use.

        Raises:
            ProfileError: every path of the profile that does not fit.
            ContextError: every path of the context that does not fit.
            ValueError: one of the other arguments cannot be used: `as_of` is not an instant with an offset, `limit` is
                less than 1, there is no such signal or action, ...

        >>> import nba
        >>> dealer = nba.load(nba.shipped("car-dealer"))
        >>> broken = {"service": {"cases": [{"id": "K1", "status": "open", "severity": "high"}]}}
        >>> dealer.decide(broken, as_of="2026-11-22T09:00:00Z").action.action
        'service.call_back'
        """
        moment, limit = _instant(as_of), _limit(limit)
        stand_ins = _NONE if signals is None else self._stand_ins(signals)
        forced = () if proposed == () else self._known(proposed)
        _check_on_invalid(on_invalid)
        errors: list[DecisionError] = []
        person, torn = self._profiles.take(profile, on_invalid, errors)
        around, worn = self._contexts.take({} if context is None else context, on_invalid, errors)

        env = self._facts.compute(person, around, moment, stand_ins, errors)
        trace = Trace(self._steps, env, person, limit, errors, stand_ins, forced)
        if self._chooser is None or torn or worn or forced or _any_failed(env.facts):
            decision = Decision(trace, trace.arbitration.chosen)
        else:
            decision = Decision(trace, self._chooser.choose(env, limit))
        return self._observed(decision) if self.ruleset.observers else decision

    def decide_many(
        self,
        profiles: Iterable[object],
        *,
        as_of: datetime | str,
        context: object = None,
        limit: int | None = 1,
        on_invalid: OnInvalid = "raise",
        on_error: Literal["report", "raise"] = "report",
        chunk: int = 64,
        processes: int | None = None,
        loader: Callable[[], Orchestrator] | None = None,
        progress: bool = False,
    ) -> Iterator[Decision | DecisionRecord | FailedProfile]:
        """Decide for many customers, one after the other: lazily, and in their order.

        Args:
            profiles: any iterable. Profiles are taken from it as decisions are taken, or a few chunks ahead.
            as_of: like all that is not told here, as for `decide`; the same for every profile.
            on_error: `report` a profile that cannot be decided in its place, as a `FailedProfile` with its index and
                error; or `raise` the error, with the index in a note.
            chunk: how many profiles a worker gets at once.
            processes: how many worker processes decide. What comes back then is the decision as data, a
                `DecisionRecord`: a `Decision` stays in the process that made it. (On a free-threaded Python, threads
                decide instead, and decisions come back.) None, the default: no other process.
            loader: how a worker loads the rules, a function that can be pickled, such as
                `functools.partial(nba.load, "rules")`; workers are then started anew. Without it they are forked.
            progress: show a progress bar on stderr, where that is a terminal.

        Raises:
            ValueError, ContextError: as `decide`, at once.
            EngineError: a worker died, or loaded other rules.

        >>> import nba
        >>> dealer = nba.load(nba.shipped("car-dealer"))
        >>> found = dealer.decide_many([{"id": "C-1"}, {"id": 2}], as_of="2026-11-22T09:00:00Z")
        >>> [getattr(one, "outcome", one) for one in found]
        ['nothing_proposed', FailedProfile(index=1, error=ProfileError((Fault(path='id', ...),)))]
        """
        from nba.batch.many import decide_many

        return decide_many(
            self,
            profiles,
            as_of=as_of,
            context=context,
            limit=limit,
            on_invalid=on_invalid,
            on_error=on_error,
            chunk=chunk,
            processes=processes,
            loader=loader,
            progress=progress,
        )

    def decide_frame(
        self,
        frame: object,
        *,
        as_of: datetime | str,
        context: object = None,
        limit: int | None = 1,
        on_invalid: OnInvalid = "raise",
        mapping: RowMapping | str | PathLike[str] | None = None,
        processes: int | None = None,
    ) -> DecidedFrame:
        """Decide for every row of a table, on columns: the same decisions as `decide` gives row by row.

        Args:
            frame: a Polars DataFrame or LazyFrame, or anything that gives an Arrow stream: pandas, DuckDB, PyArrow. Its
                columns are the profile's fields; sections are structs, lists of records lists of structs.
            as_of: like all that is not told here, as for `decide`; the same for every row.
            on_invalid: a row that does not fit the schema has the outcome `invalid` and its faults in `errors`; or
                take what does not fit as `unknown`, as `decide` does.
            mapping: a mapping file, or what `nba.load_mapping` gives: how the columns become profiles. A cell that does
                not fit it makes the row `invalid`, whatever `on_invalid` says.
            processes: how many processes decide parts of 65,536 rows, where they can be forked (on a free-threaded
                Python, threads do). None, the default: no other process.

        Raises:
            ValueError, ContextError: as `decide`; or it is no table, or processes cannot be forked.
            RulesError: the mapping file is wrong.
            MappingError: columns that the mapping names are not there.
            MissingExtraError: `nba[batch]` is not installed.

        >>> import nba, pyarrow as pa
        >>> dealer = nba.load(nba.shipped("car-dealer"))
        >>> cases = [[{"id": "K1", "status": "open", "severity": "high"}], []]
        >>> table = pa.table({"service": [{"cases": of} for of in cases]})
        >>> decided = dealer.decide_frame(table, as_of="2026-11-22T09:00Z")
        >>> decided.table["outcome"].to_pylist()
        ['action', 'nothing_proposed']
        """
        try:
            from nba.batch.frames import decide_frame
        except ImportError:
            raise MissingExtraError("deciding on tables", "batch") from None

        return decide_frame(
            self,
            frame,
            as_of=as_of,
            context=context,
            limit=limit,
            on_invalid=on_invalid,
            mapping=mapping,
            processes=processes,
        )

    def check_asked(
        self, *, as_of: datetime | str, context: object = None, limit: int | None = 1, on_invalid: OnInvalid = "raise"
    ) -> None:
        """Raise what `decide` would raise of its arguments, whatever the profile is."""
        _instant(as_of)
        _limit(limit)
        _check_on_invalid(on_invalid)
        self.read_context(context, on_invalid, [])

    def read_context(self, context: object, on_invalid: OnInvalid, errors: list[DecisionError]) -> Mapping[str, Value]:
        """The plain values of a context, as `decide` takes it in."""
        return self._contexts.take({} if context is None else context, on_invalid, errors)[0]

    def reads(self) -> dict[str, tuple[str, ...]]:
        """The profile and context paths that each rule, law, action and signal reads, by id; signals are followed.

        Your SELECT list, and your record of data minimisation.
        """
        return reads(self.ruleset)

    def _observed(self, decision: Decision) -> Decision:
        errors = []
        for name, observer in self.ruleset.observers:
            try:
                observer(decision=decision.copy())  # one of its own: what it does to it is not passed on
            except Exception as error:  # an observer may raise anything; the decision is made all the same
                errors.append(DecisionError(name, f"its observer {raised(error)}"))
        return decision.copy(errors) if errors else decision

    def _stand_ins(self, signals: object) -> Mapping[str, Value]:
        if not isinstance(signals, Mapping):
            raise ValueError(f"signals should be a mapping from ids to values, not {kind_of(signals)}")
        types = {fact.id: fact.type for fact in self.ruleset.facts}
        values: dict[str, Value] = {}
        for id, raw in signals.items():
            if id not in types:
                near = did_you_mean(str(id), types)
                raise ValueError(f"there is no signal `{str(id)[:100]}`" + (f": {near}" if near else ""))
            value, faults = (raw, ()) if raw is FAILED else value_reader(types[id])(raw)
            if faults:
                raise ValueError(f"a signal cannot be this: {Fault(id, faults[0].found, faults[0].wanted)}")
            values[id] = value
        return values

    def _known(self, proposed: object) -> list[str]:
        if isinstance(proposed, str) or not isinstance(proposed, Iterable):
            raise ValueError(f"proposed should be a list of action ids, not {kind_of(proposed)}")
        named = set()
        for id in proposed:
            action = self.ruleset.actions.get(id) if isinstance(id, str) else None
            if action is None:
                near = did_you_mean(str(id), self.ruleset.actions)
                raise ValueError(f"there is no action `{str(id)[:100]}` to propose" + (f": {near}" if near else ""))
            if action.for_each is not None:
                raise ValueError(f"`{id}` is proposed for each of its items, and only by rules")
            named.add(id)
        return sorted(named)


_ON_INVALID = get_args(OnInvalid)
_NONE: Mapping[str, Value] = {}
_read_instant = lru_cache(maxsize=16)(instant)  # many decisions are made for one instant


def _any_failed(facts: Mapping[str, Value]) -> bool:
    for value in facts.values():  # noqa: SIM110 - `any` takes twice the time
        if value is FAILED:
            return True
    return False


def _instant(as_of: object) -> datetime:
    try:
        return _read_instant(as_of) if type(as_of) is str else instant(as_of)
    except Misfit as misfit:
        shown = f"the text {as_of[:40]!r}" if isinstance(as_of, str) else misfit.found
        wanted = "an aware datetime, or text with a UTC offset such as 2026-12-31T09:00:00Z"
        raise ValueError(f"as_of should be {wanted}, not {shown}") from None


def _limit(limit: object) -> int | None:
    if limit is None or (isinstance(limit, int) and not isinstance(limit, bool) and limit >= 1):
        return limit
    shown = "less" if isinstance(limit, int) and not isinstance(limit, bool) else kind_of(limit)
    raise ValueError(f"limit should be a whole number, at least 1, or None for all; not {shown}")


def _check_on_invalid(on_invalid: object) -> None:
    if on_invalid not in _ON_INVALID:
        raise ValueError(f'on_invalid should be "raise" or "unknown", not {str(on_invalid)[:40]!r}')
