"""What the rules read, by rule: the SELECT list, and the record of data minimisation."""

from __future__ import annotations

import nba

PACK = """
    pack: p
    settings: {d: {type: integer, default: 1}}
    signals:
      late: {when: any(e.value > settings.d for e in events if e.channel == context.channel)}
      both: {when: p.late and birth_date is missing}
    actions:
      a: {tier: care, value: value, payload: {text: "Hi {name}", score: 'propensities["p.a"]'}}
      each: {tier: growth, for_each: i in interactions, key: i.id, payload: {x: i.channel}}
    rules:
      - {id: one, when: p.both, propose: a, because: b}
      - {id: two, when: i.outcome == "opened" and locale == "fi", propose: each, because: b}
      - {id: held, for: {tier: care}, require: lifecycle_stage == "x", because: b}
      - {id: more, when: true, weigh: {select: a, by: default(value, 1)}, because: b}
      - {id: tell, when: days_since(as_of) > 1, notify: {department: p, message: "{id}"}}
      - {id: off, when: name == "x", block: a, because: b, status: draft}
    """


def reads(load, **options):
    house = (
        "house: h\nconsent: {growth: marketing}\nlaws: [{id: l, given: p.late, never: {tier: growth}, because: b}]\n"
    )
    return load(
        {"house.yaml": house, "p.yaml": PACK.replace("by: default(value, 1)", 'by: "default(value, 1)"')}, **options
    ).reads()


def test_each_rule_names_the_paths_it_reads_and_signals_are_followed(load):
    found = reads(load)
    late = {"context.channel", "events", "events[].channel", "events[].value"}
    assert set(found["p.late"]) == set(found["l"]) == late
    assert set(found["p.both"]) == set(found["p.one"]) == late | {"birth_date"}
    assert set(found["p.a"]) == {"value", "name", "propensities"}
    assert set(found["p.each"]) == {"interactions", "interactions[].id", "interactions[].channel", "consents"}
    assert {"interactions[].outcome", "locale"} <= set(found["p.two"])
    assert found["p.held"] == ("lifecycle_stage",)
    assert found["p.more"] == ("value",)
    assert found["p.tell"] == ("id",)


def test_it_is_sorted_and_the_same_every_time(load):
    found = reads(load)
    assert list(found) == sorted(found)
    assert all(list(paths) == sorted(set(paths)) for paths in found.values())
    assert found == reads(load)


def test_a_rule_that_is_not_in_use_reads_nothing(load):
    assert "p.off" not in reads(load)


def test_plugins_read_what_they_declare(load, plugin):
    feature = nba.feature(reads=["value", "events"], returns=float, name="rate")(lambda a, b: 1.0)
    gate = nba.gate(reads=["context.capacity"], name="desk")(lambda offered, channel, capacity: None)
    pack = "pack: p\nactions: {a: {tier: care}}\nrules: [{id: r, when: x.rate > 0, propose: a, because: b}]\n"
    found = load(pack, plugins={"x": plugin(nba_features=[feature], nba_gates=[gate])}).reads()
    assert found["p.r"] == found["x.rate"] == ("events", "value")
    assert found["x.desk"] == ("context.capacity",)
