"""Lines of JSON as Arrow columns, where these hold the very values that reading line by line gives.

Arrow parses some lines at a time by themselves, and so finds what is no JSON, a key that is there twice, and which type
each field has there. Lines in which a field has a type that is not the schema's go line by line; of all others, the
types and keys are put together, and they are parsed once more by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as arrow_json

from nba.language import types
from nba.language.values import LARGEST_INTEGER

_BLOCK = 1024
"""Lines that are parsed by themselves: if all of their keys differed, there would be columns times lines of cells."""
_MOST_CELLS = 100_000_000
_MOST_KEYS = 500
_DEEPEST = 100
_MOST_DIGITS = 400
_STRINGS, _BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"'), re.compile(rb"[\[{\]}]")
_NUMERIC = bytes(ord("0") if chr(of) in "0123456789.eE+-" else ord(" ") for of in range(256))
_TEXTS = (types.String, types.Enum, types.Date, types.Instant)


class _Unlike(Exception):
    """Lines whose values are not sure to be the same in columns."""


def runs(lines: Sequence[bytes], profile: types.Record) -> Iterator[tuple[int, int, pa.RecordBatch | None]]:
    """The lines as runs, from one to another, each with its columns; None for lines that go line by line.

    >>> lines = [b'{"a": 1, "b": "x"}', b'{"a": 2.5}']
    >>> kind = types.Record("profile", {"a": types.Field(types.NUMBER), "b": types.Field(types.STRING)})
    >>> [(start, end, batch.to_pylist()) for start, end, batch in runs(lines, kind)]
    [(0, 2, [{'a': 1.0, 'b': 'x'}, {'a': 2.5, 'b': None}])]
    """
    begun, shape = 0, _NOTHING
    for start in range(0, len(lines), _BLOCK):
        end = min(start + _BLOCK, len(lines))
        try:
            found = _shape_of(lines[start:end], profile)
        except (_Unlike, pa.ArrowException):
            yield from _run(lines, begun, start, shape)
            yield start, end, None
            begun, shape = end, _NOTHING
            continue
        try:
            shape = _merged(shape, found)
        except _Unlike:
            yield from _run(lines, begun, start, shape)
            begun, shape = start, found
    yield from _run(lines, begun, len(lines), shape)


_NOTHING = pa.struct([])


def _run(
    lines: Sequence[bytes], start: int, end: int, shape: pa.DataType
) -> Iterator[tuple[int, int, pa.RecordBatch | None]]:
    if start == end:
        return
    try:
        batch = _parsed(lines[start:end], pa.schema(list(shape)))
        _check_numbers(batch.to_struct_array())
    except (_Unlike, pa.ArrowException):
        if end - start <= _BLOCK:
            yield start, end, None
        else:
            middle = (start + end) // 2
            yield from _run(lines, start, middle, shape)
            yield from _run(lines, middle, end, shape)
    else:
        yield start, end, batch


def _parsed(lines: Sequence[bytes], schema: pa.Schema | None = None) -> pa.RecordBatch:
    """The lines as columns: those of a schema, or all of them.

    Each line begins and ends as an object does. So a line's end is the end of one, and as there are as many of them as
    lines, each line is one.
    """
    bare = [line.strip(b" \t\r\n") for line in lines]
    if not all(line.startswith(b"{") and line.endswith(b"}") for line in bare):
        raise _Unlike
    data = b"\n".join(bare)
    try:
        data.decode()
    except UnicodeDecodeError:
        raise _Unlike from None
    unexpected = "infer" if schema is None else "ignore"
    table = arrow_json.read_json(
        pa.BufferReader(data),
        arrow_json.ReadOptions(use_threads=False, block_size=len(data) + 1),
        arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior=unexpected),
    )
    if table.num_rows != len(lines):
        raise _Unlike
    return table.combine_chunks().to_batches()[0]


def _shape_of(lines: Sequence[bytes], profile: types.Record) -> pa.DataType:
    """The type to parse some lines by."""
    data = b"\n".join(lines)
    if (
        data.count(b":") * len(lines) > _MOST_CELLS
        or b"0" * _MOST_DIGITS in data.translate(_NUMERIC)
        or b"NaN" in data  # which Arrow takes for numbers
        or b"Inf" in data
        or any(line.count(b"[") + line.count(b"{") > _DEEPEST and _depth(line) > _DEEPEST for line in lines)
    ):
        raise _Unlike
    return _shape(profile, pa.struct(list(_parsed(lines).schema)))


def _depth(line: bytes) -> int:
    """How deep lists and objects are in each other."""
    deepest = depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", line)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _shape(kind: types.Type, found: pa.DataType) -> pa.DataType:
    """The type to parse a value by, from what Arrow makes of it; null where no line has one."""
    if pa.types.is_null(found):
        return found
    match kind:
        case types.Record() if pa.types.is_struct(found):
            kinds = {of: field.type for name, field in kind.fields.items() for of in (name, *field.aliases)}
            return _struct((of.name, _shape(kinds[of.name], of.type)) for of in found if of.name in kinds)
        case types.MapOf() if pa.types.is_struct(found) and found.num_fields <= _MOST_KEYS:
            return _struct((of.name, _shape(kind.value, of.type)) for of in found)
        case types.ListOf() if pa.types.is_list(found):
            return pa.list_(_shape(kind.item, found.value_type))
        case types.Number() if pa.types.is_int64(found) or pa.types.is_float64(found):
            return found
        case types.Boolean() if pa.types.is_boolean(found):
            return found
        case _ if isinstance(kind, _TEXTS) and (pa.types.is_string(found) or pa.types.is_timestamp(found)):
            return pa.string()  # Arrow takes a text that looks like an instant as one
    raise _Unlike


def _struct(fields: Iterable[tuple[str, pa.DataType]]) -> pa.DataType:
    return pa.struct(list(fields))


def _merged(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """The type of values of two types."""
    if one == other or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    if pa.types.is_struct(one) and pa.types.is_struct(other):
        fields = {of.name: of.type for of in one}
        for of in other:
            fields[of.name] = _merged(fields[of.name], of.type) if of.name in fields else of.type
        if len(fields) > max(_MOST_KEYS, one.num_fields, other.num_fields):  # a map whose keys go on and on
            raise _Unlike
        return _struct(fields.items())
    if pa.types.is_list(one) and pa.types.is_list(other):
        return pa.list_(_merged(one.value_type, other.value_type))
    if {one, other} == {pa.int64(), pa.float64()}:
        return pa.float64()
    raise _Unlike


def _check_numbers(array: pa.Array) -> None:
    """Refuse whole numbers that a float does not hold exactly, as it does not show that they were whole."""
    if pa.types.is_struct(array.type):
        for inner in array.flatten():
            _check_numbers(inner)
    elif pa.types.is_list(array.type):
        _check_numbers(array.flatten())
    elif pa.types.is_float64(array.type) and (pc.max(pc.abs(array)).as_py() or 0) >= LARGEST_INTEGER:
        raise _Unlike
