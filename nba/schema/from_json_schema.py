"""JSON Schemas as the language's types.

A subset: what the strict reader enforces, and annotations. Any other keyword is an error that names it, so that nobody
believes in a check that is not made.

- `type`: `object` (`properties`, a record; or `additionalProperties: {...}`, a map), `array` (`items`), `string`
  (`format`: `date` or `date-time`), `number` and `integer` (`minimum`, `maximum`, `exclusiveMinimum` and
  `exclusiveMaximum`, on properties), `boolean`;
- `enum` or `const` of texts, with `x-ordered: true` when they go from low to high;
- `$ref` to the document's own `$defs` or `definitions` (a definition within itself is opaque);
- `[type, "null"]` and `anyOf`/`oneOf` with null; other unions are opaque; `allOf` of one;
- `confidential: true` on what its own department alone may see; it holds for all that is in it;
- annotations: `title`, `description`, `default`, `examples`, `deprecated`, `$comment`, `x-...` and the like. `required`
  is one of them, as a field may always be missing, and so is `additionalProperties: false`, as the reader is told what
  to do with fields that the schema does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from nba.documents import yaml
from nba.documents.nodes import at, key_at, plain
from nba.errors import Problem, RulesError, did_you_mean
from nba.language import types
from nba.language.values import LARGEST_INTEGER
from nba.schema.confidential import says_secret
from nba.schema.pydantic_checks import SingleCheck
from nba.source import Source, Span

Path: TypeAlias = tuple[str | int, ...]
_Place: TypeAlias = Callable[[Path, bool], Span | None]

_ANNOTATIONS = frozenset(
    ("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "required", "$schema", "$id")
) | {"$comment", "$anchor", "$defs", "definitions", "confidential"}
_BOUNDS: Mapping[str, tuple[str, Callable[[float, float], bool]]] = {
    "minimum": ("of at least", lambda value, bound: value >= bound),
    "maximum": ("of at most", lambda value, bound: value <= bound),
    "exclusiveMinimum": ("greater than", lambda value, bound: value > bound),
    "exclusiveMaximum": ("less than", lambda value, bound: value < bound),
}
_KEYWORDS: Mapping[str, tuple[str, ...]] = {
    "object": ("properties", "additionalProperties"),
    "array": ("items",),
    "string": ("format", "enum", "const", "x-ordered"),
    "number": tuple(_BOUNDS),
    "integer": tuple(_BOUNDS),
    "boolean": (),
}
_DEEPEST = 50  # levels of nesting, `$ref`s counted


def record_from_json_schema(document: Source | Mapping[str, object], name: str = "profile") -> types.Record:
    """The record that a JSON Schema describes. From a `Source` (JSON or YAML), errors have a place.

    Raises `RulesError` with every keyword that is not of the subset and everything else that is wrong.

    >>> schema = {"type": "object", "properties": {"opened_at": {"type": "string", "format": "date-time"}}}
    >>> record_from_json_schema(schema).fields["opened_at"].type
    Instant()
    """
    if not isinstance(document, Source):
        return _Translator(document, lambda path, key: None).root(name)
    text = document.text
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        text = text.replace("\t", " ")  # JSON may be indented by tabs, YAML may not; in JSON a text never has one
    node = yaml.read(Source(document.name, text))
    if node is None:
        raise RulesError([Problem("json-schema", "the schema is empty", Span(document, 0, 0), "give an object")])
    return _Translator(plain(node), lambda path, key: key_at(node, path) if key else at(node, path)).root(name)


class _Translator:
    """One document: its definitions, and the problems found so far."""

    def __init__(self, document: object, place: _Place) -> None:
        self.document = document
        self.place = place
        self.problems: list[Problem] = []
        self.definitions: dict[str, types.Type] = {}
        self.open: list[str] = []
        self.clean: set[tuple[str, bool]] = set()
        self.depth = 0

    def problem(self, path: Path, message: str, help: str | None = None, *, key: bool = False) -> types.Opaque:
        span = self.place(path, key)
        where = "" if span else f" (at `{'/'.join(map(str, path)) or '#'}`)"
        self.problems.append(Problem("json-schema", message + where, span, help))
        return types.Opaque("its schema is wrong")

    def root(self, name: str) -> types.Record:
        kind = self.of(self.document, (), name)
        if not isinstance(kind, types.Record) and not self.problems:
            self.problem((), f"the schema describes {kind}, not a record", "give `type: object` and `properties:`")
        if self.problems or not isinstance(kind, types.Record):
            raise RulesError(self.problems)
        return types.Record(name, kind.fields, kind.checks)

    def of(self, schema: object, path: Path, name: str, *, bounded: bool = False) -> types.Type:
        """The type of a schema. `bounded` says that the caller enforces the bounds of a number."""
        if self.depth == _DEEPEST:
            return self.problem(path, f"the schema is nested more than {_DEEPEST} levels deep", "make it flatter")
        self.depth += 1
        kind = self.translated(schema, path, name, bounded)
        self.depth -= 1
        return kind

    def translated(self, schema: object, path: Path, name: str, bounded: bool) -> types.Type:
        if schema is True:
            return types.Opaque("it may be anything")
        if not isinstance(schema, Mapping):
            return self.problem(path, "a schema should be an object", "such as {type: string}")
        if not isinstance(schema.get("confidential", False), bool):
            self.problem((*path, "confidential"), "`confidential` is true or false")
        for combining in ("$ref", "anyOf", "oneOf", "allOf"):
            if combining in schema:
                self.only(schema, path, (combining,), f"beside `{combining}`")
                if combining == "$ref":
                    return self.reference(schema["$ref"], path)
                return self.union(schema[combining], (*path, combining), name, bounded=bounded)
        found = self.type_name(schema, path)
        if found is None:
            return types.Opaque("its type is wrong")
        if found not in _KEYWORDS:
            self.only(schema, path, ("type",), "without one `type`")
            return types.Opaque("it may be of several types")
        self.only(schema, path, ("type", *_KEYWORDS[found]), f"of type {found}")
        match found:
            case "object":
                return self.record(schema, path, name)
            case "array":
                if "items" not in schema:
                    return types.Opaque("it does not say what it holds")
                return types.ListOf(self.of(schema["items"], (*path, "items"), _singular(name)))
            case "string":
                return self.string(schema, path)
            case "boolean":
                return types.BOOLEAN
        for word in set(_BOUNDS) & set(schema) if not bounded else ():
            self.problem((*path, word), f"`{word}` is checked on properties only", "remove it here", key=True)
        return types.Number(integer=found == "integer")

    def only(self, schema: Mapping[str, object], path: Path, allowed: Sequence[str], where: str) -> None:
        """Note every keyword that is neither allowed nor an annotation."""
        for word in map(str, schema):
            if word in allowed or word in _ANNOTATIONS or (word.startswith("x-") and word != "x-ordered"):
                continue
            known = ", ".join(f"`{one}`" for one in allowed)
            near = did_you_mean(word, (*allowed, *_ANNOTATIONS))
            help = near or f"supported here: {known}, and annotations such as `title` and `description`"
            self.problem(
                (*path, word), f"the keyword `{word[:60]}` is not supported in a schema {where}", help, key=True
            )

    def type_name(self, schema: Mapping[str, object], path: Path) -> str | None:
        """What `type` says, null left out, or what other keywords mean; empty for none or several, None if wrong."""
        told = schema.get("type")
        if told is None:
            shapes = {"properties": "object", "additionalProperties": "object", "items": "array", "enum": "string"}
            return next((shape for word, shape in {**shapes, "const": "string"}.items() if word in schema), "")
        names = [told] if isinstance(told, str) else told
        if not isinstance(names, list) or not names:
            self.problem((*path, "type"), "`type` should be a name or a list of names", "such as string")
            return None
        wrong = [str(name) for name in names if name not in (*_KEYWORDS, "null")]
        for name in wrong:
            help = did_you_mean(name, _KEYWORDS) or f"one of {', '.join(_KEYWORDS)}, null"
            self.problem((*path, "type"), f"there is no type `{name[:60]}`", help)
        if wrong:
            return None
        rest = [name for name in names if name != "null"]
        return str(rest[0]) if len(rest) == 1 else ""

    def union(self, options: object, path: Path, name: str, *, bounded: bool) -> types.Type:
        if not isinstance(options, list) or not options:
            return self.problem(path, f"`{path[-1]}` should be a list of schemas")
        rest = [index for index, option in enumerate(options) if option != {"type": "null"}]
        if len(rest) == 1:
            return self.of(options[rest[0]], (*path, rest[0]), name, bounded=bounded)
        if path[-1] == "allOf":
            return self.problem(
                path, "`allOf` of several schemas is not supported", "write the properties in one schema"
            )
        return types.Opaque("it is a union of several types")

    def reference(self, to: object, path: Path) -> types.Type:
        if not isinstance(to, str) or not to.startswith("#"):
            return self.problem((*path, "$ref"), "only definitions of the same document can be used", "`#/$defs/name`")
        if to in self.open or to == "#":
            return types.Opaque("it is a recursive type")
        if to not in self.definitions:
            parts = tuple(part.replace("~1", "/").replace("~0", "~") for part in to.split("/")[1:])
            target = self.document
            for part in parts:
                if not isinstance(target, Mapping) or part not in target:
                    return self.problem((*path, "$ref"), f"there is no definition `{to[:100]}`", self.near(to))
                target = target[part]
            self.open.append(to)
            self.definitions[to] = self.of(target, parts, parts[-1].lower() if parts else "profile")
            self.open.pop()
        return self.definitions[to]

    def near(self, to: str) -> str | None:
        known = [
            f"#/{where}/{name}"
            for where in ("$defs", "definitions")
            for name in (self.document.get(where) or () if isinstance(self.document, Mapping) else ())
        ]
        return did_you_mean(to, known)

    def record(self, schema: Mapping[str, object], path: Path, name: str) -> types.Type:
        others = schema.get("additionalProperties", True)
        if "properties" not in schema:
            if isinstance(others, bool):
                return types.Opaque("it does not say what it holds")
            return types.MapOf(self.of(others, (*path, "additionalProperties"), _singular(name)))
        if not isinstance(others, bool):
            self.problem(
                (*path, "additionalProperties"),
                "`properties` and a schema of `additionalProperties` do not go together",
                "use one of them: a record has `properties`, a map has `additionalProperties`",
            )
        properties = schema["properties"]
        if not isinstance(properties, Mapping):
            return self.problem((*path, "properties"), "`properties` should be an object of schemas")
        fields: dict[str, types.Field] = {}
        checks: list[types.Check] = []
        for key, inner in properties.items():
            below = (*path, "properties", key)
            kind = self.of(inner, below, str(key), bounded=True)
            described = inner.get("description") if isinstance(inner, Mapping) else None
            fields[str(key)] = types.Field(
                kind,
                description=described if isinstance(described, str) else "",
                confidential=schema.get("confidential") is True or says_secret(inner, self.document, kind, self.clean),
            )
            if isinstance(kind, types.Number) and isinstance(inner, Mapping):
                checks += self.bounds(str(key), _one_option(inner), below)
        title = schema.get("title")
        named = title.lower() if isinstance(title, str) and title else name
        return types.Record(named, MappingProxyType(fields), tuple(checks))

    def bounds(self, name: str, schema: Mapping[str, object], path: Path) -> list[types.Check]:
        checks: list[types.Check] = []
        for word, (words, holds) in _BOUNDS.items():
            bound = schema.get(word)
            if bound is None:
                continue
            if isinstance(bound, bool) or not isinstance(bound, int | float) or not abs(bound) <= LARGEST_INTEGER:
                self.problem((*path, word), f"`{word}` should be a number", "such as 0")
                continue
            checks.append(SingleCheck(name, _bounded(holds, bound), f"a number {words} {bound}", (holds, bound)))
        return checks

    def string(self, schema: Mapping[str, object], path: Path) -> types.Type:
        values = [schema["const"]] if "const" in schema else schema.get("enum")
        ordered = schema.get("x-ordered", False)
        if not isinstance(ordered, bool) or (ordered and not isinstance(values, list)):
            self.problem((*path, "x-ordered"), "`x-ordered` is true or false, and stands beside `enum`")
        if values is not None:
            where = (*path, "const" if "const" in schema else "enum")
            texts = [value for value in values if value is not None] if isinstance(values, list) else []
            if not texts or not all(isinstance(value, str) for value in texts) or len(set(texts)) != len(texts):
                return self.problem(where, "`enum` should be a list of different texts", "quote them")
            return types.Enum(tuple(str.__str__(value) for value in texts), ordered=ordered is True)
        match schema.get("format"):
            case None:
                return types.STRING
            case "date":
                return types.DATE
            case "date-time":
                return types.INSTANT
            case other:
                shown, help = str(other)[:60], "use date or date-time, or remove it"
                return self.problem((*path, "format"), f"the format `{shown}` is not checked", help)


def _bounded(holds: Callable[[float, float], bool], bound: float) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int | float) and holds(value, bound)


def _one_option(schema: Mapping[str, object]) -> Mapping[str, object]:
    """The schema without the `anyOf` that only adds null."""
    for word in ("anyOf", "oneOf", "allOf"):
        options = schema.get(word)
        rest = [option for option in options if option != {"type": "null"}] if isinstance(options, list) else []
        if len(rest) == 1 and isinstance(rest[0], Mapping):
            return _one_option(rest[0])
    return schema


def _singular(name: str) -> str:
    """`cases` as `case`: what to call one item when its schema has no title."""
    return name[:-1] if len(name) > 3 and name.endswith("s") and not name.endswith("ss") else name
