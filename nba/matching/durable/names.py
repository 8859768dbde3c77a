"""Field names that durable_rules can tell apart."""

from __future__ import annotations

RESERVED = (
    *("sid", "id", "$s", "m", "warm", "name", "$m", "$i", "$l", "$r", "$forward"),
    *("all", "any", "pri", "count", "cap", "dist", "$and", "$or", "$ex", "$nex", "$mt", "$imt", "$iall", "$iany"),
    *("$eq", "$neq", "$lt", "$lte", "$gt", "$gte", "$add", "$sub", "$mul", "$div"),
)
"""Names that mean something to the library, which knows them by hash like any other, and the one that warms it up."""


def field_names(count: int) -> list[str]:
    """Names for so many fields, whose hashes differ from each other's and from those of the reserved names.

    durable_rules compares names by a 32-bit hash only, so two fields whose names collide would be one.

    >>> field_names(3)
    ['f0', 'f1', 'f2']
    """
    taken = set(map(name_hash, RESERVED))
    names: list[str] = []
    number = 0
    while len(names) < count:
        name = f"f{number}"
        number += 1
        if name_hash(name) not in taken:
            taken.add(name_hash(name))
            names.append(name)
    return names


def name_hash(name: str) -> int:
    """The hash by which durable_rules compares names: 32-bit FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/).

    >>> name_hash("liquid") == name_hash("costarring")
    True
    """
    found = 0x811C9DC5
    for byte in name.encode():
        found = ((found ^ byte) * 0x01000193) & 0xFFFFFFFF
    return found
