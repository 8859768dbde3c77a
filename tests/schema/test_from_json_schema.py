import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nba.errors import RulesError
from nba.language import types
from nba.schema.from_json_schema import record_from_json_schema
from nba.schema.reading import read
from nba.source import Source

SCHEMA = """
$schema: https://json-schema.org/draft/2020-12/schema
type: object
required: [service]
properties:
  service:
    type: object
    title: Service
    description: what service knows
    additionalProperties: false
    properties:
      cases: {type: array, items: {$ref: "#/$defs/case"}}
      last: {anyOf: [{$ref: "#/$defs/case"}, {type: "null"}]}
      satisfied: {type: [boolean, "null"]}
      waiting_days: {type: integer, minimum: 0, maximum: 10}
      share: {anyOf: [{type: number, exclusiveMinimum: 0, exclusiveMaximum: 1}, {type: "null"}]}
      stock: {type: object, additionalProperties: {type: number}}
      whatever: {}
      anything: true
      items: {type: array}
      things: {type: object}
      either: {type: [string, number]}
$defs:
  case:
    type: object
    properties:
      id: {type: string, x-owner: crm}
      status: {const: open}
      severity: {enum: [low, high, null], x-ordered: true}
      opened_at: {type: string, format: date-time}
      due: {type: string, format: date, examples: [2026-01-01], default: 2026-01-01}
      within: {$ref: "#/$defs/case"}
"""


def test_a_schema_is_a_record():
    service = record_from_json_schema(Source("s.yaml", SCHEMA)).fields["service"]
    assert service.description == "what service knows"
    fields = {name: field.type for name, field in service.type.fields.items()}
    case = fields["last"]
    assert fields["cases"].item is case
    assert {name: str(kind) for name, kind in fields.items()} == {
        "cases": "list of case",
        "last": "case",
        "satisfied": "true or false",
        "waiting_days": "number",
        "share": "number",
        "stock": "map to number",
        "whatever": "value that rules cannot read",
        "anything": "value that rules cannot read",
        "items": "value that rules cannot read",
        "things": "value that rules cannot read",
        "either": "value that rules cannot read",
    }
    assert {name: field.type for name, field in case.fields.items()} == {
        "id": types.STRING,
        "status": types.Enum(("open",)),
        "severity": types.Enum(("low", "high"), ordered=True),
        "opened_at": types.INSTANT,
        "due": types.DATE,
        "within": types.Opaque("it is a recursive type"),
    }


def test_bounds_of_properties_are_enforced():
    record = record_from_json_schema(Source("s.yaml", SCHEMA))
    found = [
        str(fault)
        for days, share in ((-1, 1), (11, 0), (0, 0.5))
        for fault in read(record, {"service": {"waiting_days": days, "share": share}}).faults
    ]
    assert found == [
        "service.waiting_days: found a number that is not allowed, wanted a number of at least 0",
        "service.share: found a number that is not allowed, wanted a number less than 1",
        "service.waiting_days: found a number that is not allowed, wanted a number of at most 10",
        "service.share: found a number that is not allowed, wanted a number greater than 0",
    ]


def test_json_indented_by_tabs_is_read_with_the_right_places():
    text = json.dumps({"type": "object", "properties": {"a": {"type": "string", "pattern": "x"}}}, indent="\t")
    with pytest.raises(RulesError) as raised:
        record_from_json_schema(Source("s.json", text))
    (problem,) = raised.value.problems
    assert "pattern" in text[problem.span.start : problem.span.end]
    assert problem.message == "the keyword `pattern` is not supported in a schema of type string"
    assert record_from_json_schema(json.loads(text.replace("pattern", "x-pattern"))).fields["a"].type == types.STRING


WRONG = [
    ("{type: strng}", "there is no type `strng`", "did you mean `string`?"),
    ("{type: 3}", "`type` should be a name or a list of names", "such as string"),
    ("{type: string, maxLength: 3}", "the keyword `maxLength` is not supported in a schema of type string", "`enum`"),
    ("{type: string, fromat: date}", "the keyword `fromat` is not supported", "did you mean `format`?"),
    ("{type: string, format: email}", "the format `email` is not checked", "date-time"),
    ("{type: array, items: {type: number, minimum: 0}}", "`minimum` is checked on properties only", "remove"),
    ("{type: array, minItems: 1, items: {type: string}}", "the keyword `minItems` is not supported", "`items`"),
    ("{type: integer, minimum: low}", "`minimum` should be a number", "such as 0"),
    ("{enum: [1, 2]}", "`enum` should be a list of different texts", "quote them"),
    ("{enum: [a, a]}", "`enum` should be a list of different texts", ""),
    ("{type: string, x-ordered: true}", "`x-ordered` is true or false, and stands beside `enum`", ""),
    ("{type: boolean, x-ordered: true}", "the keyword `x-ordered` is not supported", ""),
    ('{$ref: "other.json"}', "only definitions of the same document can be used", "#/$defs/name"),
    ('{$ref: "#/$defs/cas"}', "there is no definition `#/$defs/cas`", "did you mean `#/$defs/case`?"),
    ('{$ref: "#/$defs/case", maxProperties: 1}', "the keyword `maxProperties` is not supported in a schema beside", ""),
    ("{allOf: [{type: string}, {type: number}]}", "`allOf` of several schemas is not supported", "one schema"),
    ("{anyOf: []}", "`anyOf` should be a list of schemas", ""),
    ("{type: object, properties: [a]}", "`properties` should be an object of schemas", ""),
    ("{properties: {}, additionalProperties: {type: string}}", "do not go together", "use one of them"),
    ("[string]", "a schema should be an object", "such as {type: string}"),
    ("false", "a schema should be an object", ""),
    ("{not: {type: string}}", "the keyword `not` is not supported in a schema without one `type`", ""),
]


@pytest.mark.parametrize(("schema", "message", "help"), WRONG)
def test_what_is_not_enforced_is_refused_at_its_place(schema, message, help):
    text = f"properties:\n  field: {schema}\n$defs: {{case: {{type: string}}}}\n"
    with pytest.raises(RulesError) as raised:
        record_from_json_schema(Source("s.yaml", text))
    (problem,) = raised.value.problems
    assert message in problem.message
    assert help in (problem.help or "")
    assert problem.span.line == 2


@pytest.mark.parametrize("text", ["", "string", "{type: string}", "true", "{$ref: '#'}", "[]"])
def test_a_document_that_is_no_record_says_so(text):
    with pytest.raises(RulesError):
        record_from_json_schema(Source("s.yaml", text))


def test_depth_by_nesting_by_references_or_by_a_loop_is_an_error_or_opaque():
    deep: dict = {"type": "string"}
    for _ in range(5000):
        deep = {"type": "array", "items": deep}
    chain = {f"d{number}": {"$ref": f"#/$defs/d{number + 1}"} for number in range(5000)}
    for schema in (deep, {"$ref": "#/$defs/d0"}):
        with pytest.raises(RulesError, match="more than 50 levels"):
            record_from_json_schema({"properties": {"a": schema}, "$defs": chain})
    loop = {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}
    record = record_from_json_schema({"properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": loop})
    assert record.fields["a"].type == types.Opaque("it is a recursive type")


def test_without_a_source_the_path_is_in_the_message():
    with pytest.raises(RulesError, match="at `properties/a/type`"):
        record_from_json_schema({"properties": {"a": {"type": "strng"}}})


WORDS = st.sampled_from(
    [
        *("type", "properties", "items", "enum", "const", "$ref", "anyOf", "allOf", "additionalProperties", "format"),
        *(
            "minimum",
            "x-ordered",
            "$defs",
            "object",
            "array",
            "string",
            "number",
            "null",
            "#",
            "#/$defs/a",
            "a",
            "title",
        ),
    ]
)


@given(
    st.recursive(
        WORDS | st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
        max_leaves=20,
    )
)
@settings(max_examples=400)
def test_any_document_is_a_record_or_an_error(document):
    with contextlib.suppress(RulesError):
        assert isinstance(record_from_json_schema({"type": "object", "properties": {"a": document}}), types.Record)
