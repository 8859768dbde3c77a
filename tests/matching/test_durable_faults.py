"""Each known fault of durable_rules 2.0.28: first that the library has it, then that none of it comes through.

When one of the first halves fails, the library was mended, and what contains that fault may go.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Callable

import pytest

import nba
from nba.language import tree
from nba.language.check import check
from nba.language.types import BOOLEAN, NUMBER, STRING
from nba.matching import Matcher, matcher_factory
from nba.matching.durable.names import field_names, name_hash
from nba.matching.engines import why_no_durable
from nba.matching.native import NativeMatcher
from nba.ruleset.layers import LayerBuilder
from nba.ruleset.model import Layer
from nba.source import Written
from tests.matching.layers import layer_of, scope_of, truths
from tests.matching.raw import ask, create, run, said

pytestmark = pytest.mark.skipif(why_no_durable() is not None, reason=str(why_no_durable()))
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, or needs what only glibc has")

AS_OF = "2026-11-22T09:00:00Z"
SEGFAULT = -11


def durable(layer: Layer) -> Matcher:
    return matcher_factory("durable")(layer)


def error_of(call: Callable[[], object]) -> str:
    """What the library says when it does not take something."""
    import durable_rules_engine as engine

    with pytest.raises(engine.error) as caught:
        call()
    return str(caught.value)


def test_names_with_the_same_hash_are_not_taken_for_each_other() -> None:
    assert name_hash("liquid") == name_hash("costarring")
    assert ask(create([{"liquid": 1}]), {"costarring": 1}) == [0], "it compares names"

    layer = layer_of(["liquid == 1", "costarring == 1"], {"liquid": NUMBER, "costarring": NUMBER})
    assert truths(durable(layer), layer, costarring=1) == [None, True]
    assert truths(durable(layer), layer, liquid=1, costarring=2) == [True, False]
    assert len(set(map(name_hash, field_names(50_000)))) == 50_000


def test_no_match_of_one_customer_is_left_for_the_next() -> None:
    library = """
        import durable_rules_engine as engine
        many = [{"$and": [{"k": 1}, {"$gt": {f"a{n}": 0}}]} for n in range(70)]
        handle = create([{"a": 1}, {"z": 1}, *many])
        def fire(message):
            status, state = engine.assert_fact(handle, json.dumps(message))
            action = engine.start_action_for_state(handle, state)[1]
            while action:
                yield next(iter(json.loads(action).values()))["m"]["id"]
                action = engine.complete_and_start_action(handle, state)
        try:
            list(fire({"sid": "0", "id": "anna", "k": 1, "z": 1, "a": 1, **{f"a{n}": 1 for n in range(70)}}))
        except engine.error as error:
            print(error)
        print(sorted(fire({"sid": "0", "id": "bob", "z": 1})))
    """
    assert said(library) == "Could not assert fact, error code: 303\n['anna', 'anna', 'bob']", "it forgets Anna"

    conditions = ["a == 1", "z == 1", *(f"k == 1 and a{n} > 0" for n in range(70))]
    layer = layer_of(conditions, dict.fromkeys(["a", "z", "k", *(f"a{n}" for n in range(70))], NUMBER))
    matcher = durable(layer)
    assert truths(matcher, layer, a=1, z=1, k=1, **{f"a{n}": 1 for n in range(70)}) == [True] * 72
    assert truths(matcher, layer, a=0, z=1, k=0, **{f"a{n}": 1 for n in range(70)}) == [False, True, *[False] * 70]
    assert truths(matcher, layer, z=1) == [None, True, *[None] * 70]


@pytest.mark.parametrize("count", [70, 1000])
def test_as_many_rules_as_there_are_hold_at_once(count: int) -> None:
    handle = create([{"$gt": {f"a{n % 60}": n // 60}} for n in range(min(count, 500))])
    assert "303" in error_of(lambda: ask(handle, {f"a{n}": 1000 for n in range(60)}))

    layer = layer_of((f"a{n % 60} > {n // 60}" for n in range(count)), {f"a{n}": NUMBER for n in range(60)})
    matcher = durable(layer)
    assert truths(matcher, layer, **{f"a{n}": 1000 for n in range(60)}) == [True] * count
    assert truths(matcher, layer, **{f"a{n}": -1 for n in range(60)}) == [False] * count
    assert truths(matcher, layer, **{f"a{n}": 0.5 for n in range(60)}) == [n < 60 for n in range(count)]


def test_256_rules_may_ask_the_same() -> None:
    assert run('ask(create([{"a": 1}] * 256), {"a": 1})', MALLOC_PERTURB_="165").returncode == SEGFAULT, (
        "it does not crash"
    )

    # Written differently, so that they are conditions of their own and yet the same in the end.
    ours = """
        from nba.language.types import NUMBER
        from nba.matching import matcher_factory
        from tests.matching.layers import layer_of, truths
        alike = ("a == 1", "not a != 1", "1 == a")
        layer = layer_of((" and ".join([says] * n) for n in range(1, 101) for says in alike), {"a": NUMBER})
        matcher = matcher_factory("durable")(layer)
        print(len(layer.conditions), *({*truths(matcher, layer, **of)} for of in ({"a": 1}, {"a": 2}, {})))
    """
    assert said(ours) == "300 {True} {False} {None}"


def test_600_rules_may_ask_something_different() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run('create([{"$gt": {"a": n}} for n in range(600)])', seconds=3)

    ours = """
        from nba.language.types import NUMBER
        from nba.matching import matcher_factory
        from tests.matching.layers import layer_of, truths
        layer = layer_of((f"a > {n}" for n in range(600)), {"a": NUMBER})
        print(truths(matcher_factory("durable")(layer), layer, a=300.5) == [n <= 300 for n in range(600)])
    """
    assert said(ours) == "True"


def test_twenty_or_groups_in_a_rule_and_deeper_ones_mean_what_they_say() -> None:
    rule = {"$and": [{"$or": [{f"a{n}": 1}, {f"b{n}": 1}]} for n in range(20)]}
    assert "113" in error_of(lambda: create([rule]))

    deep = "a0 == 1"
    for n in range(1, 14):
        deep = f"(a{n} == 1 and ({deep} or b{n} == 1))"
    wide = " and ".join(f"(a{n} == 1 or b{n} == 1)" for n in range(20))
    layer = layer_of(
        [wide, deep, f"not ({wide})", f"not {deep}"], {f"{of}{n}": NUMBER for of in "ab" for n in range(20)}
    )
    matcher, native = durable(layer), NativeMatcher(layer)
    for value, gap in itertools.product((0, 1), (None, "a3", "b13", "a19")):
        profile = {f"{of}{n}": int((of == "a") == value) for of in "ab" for n in range(20) if f"{of}{n}" != gap}
        assert truths(matcher, layer, **profile) == truths(native, layer, **profile)
    assert truths(matcher, layer, **{f"a{n}": 1 for n in range(20)}) == [True, True, False, False]
    assert truths(matcher, layer, **{f"b{n}": 1 for n in range(20)})[::2] == [True, False]
    assert truths(matcher, layer, a0=0, a1=0, b0=0) == [False, None, True, None]


def test_conditions_wider_than_a_message_are_asked_all_the_same() -> None:
    assert "302" in error_of(lambda: ask(create([{"a": 1}]), {f"a{n}": 1 for n in range(300)}))

    types = {f"a{n}": NUMBER for n in range(300)}
    fives = [" and ".join(f"a{n + of} == 1" for of in range(5)) for n in range(0, 300, 5)]
    narrow = layer_of([f"a{n} == 1" for n in range(300)], types)
    builder = LayerBuilder()
    for text in fives:
        builder.add(check(Written.of(text), scope_of(types), BOOLEAN))
    whole = tuple(check(Written.of(f"a{n} == 1"), scope_of(types), BOOLEAN) for n in range(300))
    builder.add(tree.And(whole))
    builder.add(tree.Or(whole))
    for layer in (narrow, builder.build()):
        matcher, native = durable(layer), NativeMatcher(layer)
        assert set(truths(matcher, layer, **dict.fromkeys(types, 1))) == {True}
        assert set(truths(matcher, layer, **dict.fromkeys(types, 0))) == {False}
        for gap in ({"a7": None}, {"a7": 0}, {"a299": 2, "a0": None}):
            profile = {**dict.fromkeys(types, 1), **gap}
            assert truths(matcher, layer, **profile) == truths(native, layer, **profile)


def test_is_missing_ends() -> None:
    endless = """
        from durable.lang import ruleset, when_all, m, post
        with ruleset("x"):
            @when_all(-m.a)
            def forever(c): pass
        post("x", {"b": 1})
    """
    with pytest.raises(subprocess.TimeoutExpired):
        run(endless, seconds=3)

    layer = layer_of(
        ["a is missing", "a is not missing", "not (a is missing) or b is missing"], {"a": NUMBER, "b": NUMBER}
    )
    matcher = durable(layer)
    assert truths(matcher, layer) == [True, False, True]
    assert truths(matcher, layer, b=1) == [True, False, False]
    assert truths(matcher, layer, a=1, b=1) == [False, True, True]


@pytest.mark.parametrize("value", [1e-05, 1e16, 5e-324, -1e-07])
def test_numbers_with_an_exponent_compare(value: float) -> None:
    assert "204" in error_of(lambda: ask(create([{"a": 1}]), {"a": value}))
    assert "204" in error_of(lambda: create([{"a": value}]))

    layer = layer_of([f"a == {value!r}", f"a < {value!r}", f"a > {value!r}", "a < 0"], {"a": NUMBER})
    matcher = durable(layer)
    assert truths(matcher, layer, a=value) == [True, False, False, value < 0]
    assert truths(matcher, layer, a=2 * value) == [False, value < 0, value > 0, value < 0]


def test_numbers_beyond_64_bits_compare(load: Callable[..., nba.Orchestrator]) -> None:
    assert ask(create([{"a": 2**63 - 1}]), {"a": 2**64}) == [0], "it knows larger integers"

    layer = layer_of(["a == 9223372036854775808.0", "a > 9223372036854775808.0"], {"a": NUMBER})
    matcher = durable(layer)
    assert truths(matcher, layer, a=2.0**63) == [True, False]
    assert truths(matcher, layer, a=2.0**64) == [False, True]
    with pytest.raises(nba.ProfileError, match="value"):
        load("pack: p", matcher="durable").decide({"value": 2**64}, as_of=AS_OF)


def test_texts_of_70_000_characters_compare() -> None:
    long = "x" * 70_000
    assert ask(create([{"a": long[:-1] + "y"}]), {"a": long}) == [0], "it compares all of a long text"

    # Longer than an expression may be, so these are not written but made.
    builder = LayerBuilder()
    for literal in (long, long[:-1] + "y", long[65536:]):
        builder.add(tree.Compare("==", tree.Path("profile", ("a",), STRING), tree.Constant(literal, STRING)))
    layer = builder.build()
    matcher = durable(layer)
    assert truths(matcher, layer, a=long) == [True, False, False]
    assert truths(matcher, layer, a=long[:-1] + "y") == [False, True, False]
    assert truths(matcher, layer, a=long[65536:]) == [False, False, True]


@pytest.mark.parametrize(
    ("literal", "value", "unlike", "alike"),
    [
        ("5", 5, "lifecycle_stage == 5", 'lifecycle_stage == "5"'),
        (1, True, "value == true", "value == 1"),
        (0, False, "value == false", "value == 0"),
    ],
    ids=["text and number", "true and 1", "false and 0"],
)
def test_a_text_a_number_and_a_truth_are_never_alike(
    literal: object, value: object, unlike: str, alike: str, load: Callable[..., nba.Orchestrator]
) -> None:
    assert ask(create([{"a": literal}]), {"a": value}) == [0], "it tells types apart"

    # Nothing of another type than the schema's gets as far as the engine, be it from the rules or from the data.
    pack = "pack: p\nrules: [{id: r, when: '%s', notify: {department: p, message: x}, because: y}]"
    with pytest.raises(nba.RulesError, match="impossible-comparison"):
        load(pack % unlike, matcher="durable")
    orchestrator = load(pack % alike, matcher="durable")
    field = alike.split()[0]
    assert orchestrator.decide({field: literal}, as_of=AS_OF).tasks
    with pytest.raises(nba.ProfileError, match=field):
        orchestrator.decide({field: value}, as_of=AS_OF)
    assert not orchestrator.decide({field: value}, as_of=AS_OF, on_invalid="unknown").tasks


def test_texts_are_the_same_however_they_are_escaped() -> None:
    words = ["é", "\U0001f600", 'say "x"', "back\\slash", "tab\t", "\u2028", ""]
    plain = create([{"a": word} for word in words], ensure_ascii=False)
    assert ask(plain, {"a": "é"}) == [], "it knows that \\u00e9 is é"

    layer = layer_of((f"a == {json.dumps(word)}" for word in words), {"a": STRING})
    matcher = durable(layer)
    for place, word in enumerate(words):
        assert truths(matcher, layer, a=word) == [of == place for of in range(len(words))]


def test_texts_with_quotes_are_ordered_by_code_point() -> None:
    assert '"x"' < "A"
    assert ask(create([{"$lt": {"a": "A"}}]), {"a": '"x"'}) == [], "it compares texts, not their escapes"

    layer = layer_of(['a < "A"', 'a < "\\"y\\""', 'a > "\\"\\\\\\""'], {"a": STRING})
    native = NativeMatcher(layer)
    matcher = durable(layer)
    assert truths(matcher, layer, a='"x"') == [True, True, True]
    for text in ('"', '""', '"y"', "\\", '\\"', '"\\"', '","sid":"1', "}", "{'a':1}", "A", ""):
        assert truths(matcher, layer, a=text) == truths(native, layer, a=text)


def test_null_is_missing() -> None:
    assert ask(create([{"$ex": {"a": 1}}]), {"a": None}) == [0], "it takes null for missing"

    layer = layer_of(["a is missing", "a == 1", "a != 1", "not flag"], {"a": NUMBER, "flag": BOOLEAN})
    assert truths(durable(layer), layer, a=None, flag=None) == [True, None, None, None]
    assert truths(durable(layer), layer, a=1, flag=False) == [False, True, False, True]


def test_a_profile_may_have_fields_called_sid_and_id() -> None:
    import durable_rules_engine as engine

    handle = create([{"a": 1}, {"b": 1}])
    first, second = ({"sid": "0", "id": 7, "a": 1}, {"sid": "0", "id": 7, "b": 1})
    assert [engine.assert_fact(handle, json.dumps(of))[0] for of in (first, second)] == [0, 2], "it takes both facts"
    assert "204" in error_of(lambda: ask(handle, {"a": 1}, sid={"x": 1}))

    types = {"sid": STRING, "id": STRING, "warm": NUMBER, "f0": NUMBER}
    layer = layer_of(['sid == "1"', 'id == "C-1"', 'id != "C-1"', "warm == 1", "f0 == 1"], types)
    matcher = durable(layer)
    for _ in range(3):
        assert truths(matcher, layer, sid="1", id="C-1", warm=1, f0=2) == [True, True, False, True, False]
        assert truths(matcher, layer, sid="0", id="C-2", f0=1) == [False, False, True, None, True]


@linux
def test_customers_take_no_memory() -> None:
    sessions = """
        handle = create([{f"a{n}": 1} for n in range(100)])
        ask(handle, {"a1": 1})
        before = resident()
        for n in range(100):
            ask(handle, {"a1": 1}, sid=str(n))
        print(int(resident() - before))
    """
    assert int(said(sessions)) > 100, "a session of its own for each customer is cheap"
    assert "MemoryError" in run('h = create([{"a": 1}])\nfor n in range(1025): ask(h, {"a": 1}, sid=str(n))').stderr

    ours = """
        from nba.language.types import NUMBER
        from nba.matching import matcher_factory
        from tests.matching.layers import layer_of, truths
        layer = layer_of((f"a{n} == 1" for n in range(100)), {f"a{n}": NUMBER for n in range(100)})
        matcher = matcher_factory("durable")(layer)
        def decide(n): return truths(matcher, layer, **{f"a{k}": (n + k) % 7 for k in range(100) if (n + k) % 5})
        for n in range(200): decide(n)
        before = resident()
        for n in range(1100): decide(n)
        print(resident() - before)
    """
    assert float(said(ours)) < 2
