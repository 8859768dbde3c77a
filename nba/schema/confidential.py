"""Whether a schema says that a field is confidential: on the field, or on anything that it is made of.

What rules can look into keeps the mark where it is put. What they cannot (an opaque value) is confidential as a whole
when any part of it is, since plugins may read the whole.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NewType, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typing_extensions import TypeAliasType, get_type_hints, is_typeddict

from nba.language import types
from nba.schema.markers import Confidential


def marks_a_secret(hint: Any, metadata: Sequence[object], kind: types.Type) -> bool:
    """Whether an annotation marks its field with `nba.confidential`; `kind` is the type that was made of it.

    >>> from nba.schema.markers import confidential
    >>> marks_a_secret(list[Annotated[str, confidential]] | None, (), types.ListOf(types.STRING))
    True
    """
    return _marked(hint, metadata, set() if _is_opaque(kind) else None)


def _marked(hint: Any, metadata: Iterable[object], models: set[Any] | None) -> bool:
    """`models` are those looked into so far; None: none is looked into."""
    for item in metadata:
        if isinstance(item, Confidential) or (isinstance(item, FieldInfo) and _marked(None, item.metadata, models)):
            return True
    if isinstance(hint, TypeAliasType | NewType):
        return _marked(hint.__value__ if isinstance(hint, TypeAliasType) else hint.__supertype__, (), models)
    if get_origin(hint) is Annotated:
        return _marked(get_args(hint)[0], get_args(hint)[1:], models)
    if models is not None and isinstance(hint, type) and hint not in models:
        models.add(hint)
        return any(_marked(of, marks, models) for of, marks in _fields(hint))
    return any(_marked(argument, (), models) for argument in get_args(hint))


def _fields(made_of: type) -> Iterable[tuple[Any, Sequence[object]]]:
    if issubclass(made_of, BaseModel):
        return [(info.annotation, info.metadata) for info in made_of.model_fields.values()]
    if dataclasses.is_dataclass(made_of) or is_typeddict(made_of):
        try:
            return [(hint, ()) for hint in get_type_hints(made_of, include_extras=True).values()]
        except Exception:  # resolving names runs whatever the annotations say
            return ()
    return ()


def says_secret(schema: object, document: object, kind: types.Type, clean: set[tuple[str, bool]]) -> bool:
    """Whether a JSON Schema says `confidential: true`.

    `document` is the whole, for its `$ref`s; `clean` those that are known to say nothing of the kind.

    >>> says_secret({"type": "array", "items": {"confidential": True}}, {}, types.ListOf(types.STRING), set())
    True
    """
    whole, followed = _is_opaque(kind), set[tuple[str, bool]]()
    below: list[object] = [schema]  # no recursion: whoever wrote the schema may have nested it without an end
    while below:
        found = below.pop()
        if not isinstance(found, Mapping):
            continue
        if found.get("confidential") is True:
            return True
        below += [found.get("items"), found.get("additionalProperties")]
        for combining in ("anyOf", "oneOf", "allOf"):
            options = found.get(combining)
            below += options if isinstance(options, list) else []
        properties = found.get("properties")
        if whole and isinstance(properties, Mapping):
            below += properties.values()
        to = found.get("$ref")
        if isinstance(to, str) and (to, whole) not in followed and (to, whole) not in clean:
            followed.add((to, whole))
            below.append(_referred(to, document))
    clean |= followed
    return False


def _referred(to: str, document: object) -> object:
    """What a `$ref` within the document points at, or None."""
    found = document
    for part in to.split("/")[1:]:
        found = found.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(found, Mapping) else None
    return found


def _is_opaque(kind: types.Type) -> bool:
    match kind:
        case types.ListOf(item=of) | types.MapOf(value=of):
            return _is_opaque(of)
        case _:
            return isinstance(kind, types.Opaque)
