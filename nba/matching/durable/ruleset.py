"""A ruleset in the library: asked with one message at a time, empty between two, given back when no longer used."""

from __future__ import annotations

import json
import weakref
from collections.abc import Mapping, Sequence

import durable_rules_engine as engine

from nba.errors import EngineError

_COPIES = 4  # that are kept; when more threads ask at once, more are made for as long as that lasts
_MATCHED, _NOT_MATCHED = 0, 1
_DIGITS = 4  # of the name of a rule, which is its place
_NAME_ENDS = 2 + _DIGITS
_WARM_UP = '{"sid":"0","id":"m","warm":1}'


class Ruleset:
    """Some rules, in as many copies as have been asked at the same moment.

    A copy in use is in nobody else's hands, so there is no lock to wait for, to forget, or to be forked with. One that
    raises, or is interrupted, never comes back: whatever is left in it goes with it.

    `rules` are conditions in durable_rules' JSON over whole numbers, in fields named by `field_names`.
    """

    def __init__(self, rules: Sequence[Mapping[str, object]]) -> None:
        names = [f"{place:0{_DIGITS}}" for place in range(len(rules) + 1)]
        asked = {name: {"all": [{"m": rule}]} for name, rule in zip(names, [*rules, {"warm": 1}], strict=True)}
        self._definition = json.dumps(asked, separators=(",", ":"))
        self._warmed = [len(rules)]
        self._free = [self._make()]

    def fire(self, fields: str) -> list[int]:
        """The places of the rules that fire for a message of these fields (JSON, each after a comma), in no order.

        A rule that holds in several ways at once (an `$or` whose branches both hold) is there as often.
        """
        try:
            copy = self._free.pop()
        except IndexError:
            copy = self._make()
        fired = copy.ask(f'{{"sid":"0","id":"m"{fields}}}')
        if len(self._free) < _COPIES:
            self._free.append(copy)
        return fired

    def _make(self) -> _Copy:
        try:
            copy = _Copy(engine.create_ruleset("nba", self._definition))
        except engine.error as error:
            raise EngineError(f"durable_rules does not take these conditions: {error}") from error
        if copy.ask(_WARM_UP) != self._warmed:
            raise EngineError("durable_rules does not match a message that it should")
        # delete_state frees two pointers that nothing sets until a first rule has fired: hence the warm-up.
        weakref.finalize(copy, _delete, copy.handle).atexit = False
        return copy


class _Copy:
    """A ruleset of the library by its handle."""

    def __init__(self, handle: int) -> None:
        self.handle = handle

    def ask(self, message: str) -> list[int]:
        """Assert, drain, retract: nothing of the message is left when it returns."""
        fired: list[int] = []
        try:
            status, state = engine.assert_fact(self.handle, message)
            if status == _NOT_MATCHED:  # and not kept
                return fired
            if status != _MATCHED:
                raise EngineError(f"durable_rules answered {status} to a message; the next decision starts afresh")
            started = engine.start_action_for_state(self.handle, state)
            action = started[1] if started else None
            while action:
                fired.append(int(action[2:_NAME_ENDS]))  # {"0012":{"m":...
                action = engine.complete_and_start_action(self.handle, state)
            engine.retract_fact(self.handle, message)
        except engine.error as error:
            raise EngineError(f"durable_rules failed ({error}); the next decision starts afresh") from error
        return fired


def _delete(handle: int) -> None:
    engine.delete_state(handle, "0")
    engine.delete_ruleset(handle)
