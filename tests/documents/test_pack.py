"""The pack as it is written: what the model takes, with the places of its expressions."""

from __future__ import annotations

import json
from datetime import date

import pytest

from nba.documents.common import AllOf, AnyOf, NoneOf
from nba.documents.house import House
from nba.documents.pack import Pack
from nba.documents.validate import validate
from nba.documents.yaml import read
from nba.source import Source

TEXT = """\
pack: service
settings: {days: {type: integer, default: 1, min: 0, max: 30}}
signals:
  owed: {when: {all: [a > 1, {any: [b, {not: c}]}]}, because: it is}
  level: {first_of: [{when: a, is: urgent}, {is: 5}]}
actions:
  call:
    {tier: recovery, valid: {from: 2026-01-01}, for_each: o in x.orders, key: o.id, at_most: 1, value: 12}
rules:
  - {id: r, with: sales, when: true, propose: call, block: {tier: [growth]}, except: renew, because: b,
     notify: {department: d, message: m}}
  - id: t
    table: {inputs: {v: value}, rows: [{id: one, v: < 5, propose: call, because: b}]}
meta: {owner: us, since: 2020}
"""


def pack(text=TEXT):
    return validate(read(Source("a.yaml", text)), Pack)


def test_each_part_is_where_it_belongs():
    found = pack()
    call, (rule, table) = found.actions["call"], found.rules
    assert (found.settings["days"].default, found.meta["since"]) == (1, 2020)
    assert (call.valid.from_, call.valid.until, call.at_most, str(call.value)) == (date(2026, 1, 1), None, 1, "12")
    assert (call.for_each[0], str(call.for_each[1]), str(call.key)) == ("o", "x.orders", "o.id")
    assert (rule.with_, rule.propose, rule.block.tier, rule.except_.action) == (
        ["sales"],
        ["call"],
        ["growth"],
        ["renew"],
    )
    assert ([of.department for of in rule.notify], rule.status, rule.on_unknown) == (["d"], "live", "block")
    assert table.table.rows[0]["v"] == "< 5"
    condition = found.signals["owed"].when
    assert isinstance(condition, AllOf)
    assert isinstance(condition.items[1], AnyOf)
    assert isinstance(condition.items[1].items[1], NoneOf)


def test_expressions_know_where_they_stand():
    found = pack()
    for written, place in (
        (found.signals["owed"].when.items[0], "a.yaml:4:23"),
        (found.actions["call"].for_each[1], "a.yaml:8:64"),
        (found.rules[1].table.inputs["v"], "a.yaml:13:25"),
    ):
        assert str(written.span()) == place


def test_the_list_of_a_for_each_is_found_whatever_the_spaces():
    found = pack("pack: p\nactions: {a: {tier: care, for_each: '  o   in   x.y  ', key: o}}\n").actions["a"].for_each
    assert (found[0], str(found[1]).strip()) == ("o", "x.y")


def test_a_pack_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        pack().title = "other"


@pytest.mark.parametrize("model", [Pack, House])
def test_editors_can_be_given_a_schema(model):
    schema = json.loads(json.dumps(model.model_json_schema()))
    assert schema["additionalProperties"] is False
    assert "required" in schema


def test_two_packs_share_no_default():
    one, two = pack("pack: a\n"), pack("pack: b\n")
    assert one.meta is not two.meta
    assert one.actions is not two.actions
