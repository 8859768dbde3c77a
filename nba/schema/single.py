"""One value read strictly by its type: what a plugin returns, what the house assumes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from nba.errors import Fault
from nba.language.types import Field, Record, Type
from nba.language.values import Value
from nba.schema.reading import reader


def value_reader(kind: Type) -> Callable[[object], tuple[Value, tuple[Fault, ...]]]:
    """A strict reader of single values: the value (None when missing or wrong) and what is wrong with it.

    >>> from nba.language.types import NUMBER
    >>> value_reader(NUMBER)(2)
    (2, ())
    """
    fields: Mapping[str, Field] = MappingProxyType({"value": Field(kind)})
    read = reader(Record("value", fields))

    def read_value(raw: object) -> tuple[Value, tuple[Fault, ...]]:
        reading = read({"value": raw})
        return reading.value.get("value"), reading.faults

    return read_value
