"""What a caller gives to decide on, taken in: read strictly, and nothing of the caller's kept."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from nba.errors import ContextError, ProfileError
from nba.language.types import Record
from nba.language.values import FAILED, Value
from nba.results import DecisionError
from nba.schema.opaque import cover
from nba.schema.plain import PlainReaders
from nba.schema.reading import Extra, reader

OnInvalid: TypeAlias = Literal["raise", "unknown"]


class Intake:
    """Takes in profiles (or contexts) of one schema."""

    def __init__(self, record: Record, error: type[ProfileError] | type[ContextError], extra: Extra) -> None:
        # What does not fit is failed, not missing, so that nothing takes it for what the caller did not send.
        self._read = reader(record, extra=extra, invalid=FAILED)
        self._read_plain = PlainReaders(forbid=extra == "forbid").of(record)
        self._cover = cover(record)
        self._error = error

    def take(self, data: object, on_invalid: OnInvalid, errors: list[DecisionError]) -> tuple[dict[str, Value], bool]:
        """The plain values of the data, and whether something in them has failed.

        What does not fit is raised, or has failed and is added to the errors.
        """
        try:
            value: Any = self._read_plain(data)
        except Exception:  # something does not fit, or has to be looked at more closely
            return self._take_with_care(data, on_invalid, errors)
        return (self._cover(value) if self._cover else value), False

    def _take_with_care(
        self, data: object, on_invalid: OnInvalid, errors: list[DecisionError]
    ) -> tuple[dict[str, Value], bool]:
        reading = self._read(data)
        if reading.faults and on_invalid == "raise":
            raise self._error(reading.faults)
        errors += [DecisionError(self._error.subject, str(fault)) for fault in reading.faults]
        return (self._cover(reading.value) if self._cover else reading.value), reading.failed
