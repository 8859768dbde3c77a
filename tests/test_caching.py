"""Rules that are kept in a file decide as those that are loaded anew, and are believed while nothing has changed."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
import threading
from contextlib import nullcontext
from types import ModuleType

import pytest

import nba
from nba import caching
from tests.benchmarks.bench_loading import write as write_rules

AS_OF = "2026-11-22T09:00:00Z"
PROFILE = {
    "id": "C-1",
    "value": 50,
    "account": {"amount": 700.5, "active": True, "level": "high"},
    "risk": {"count": 9},
}
PACK = """
    pack: p
    profile: {section: q, schema: q.json}
    actions: {a: {tier: growth, payload: {at: 'date("2026-01-02")'}, valid: {from: 2026-01-01}, meta: {owner: [me]}}}
    rules:
      - {id: r, when: q.open, propose: a, because: it is open}
      - {id: t, table: {inputs: {n: q.number}, rows: t.csv}}
"""
HOUSE = "house: h\ntimezone: Europe/Helsinki\n"
SCHEMA = {
    "type": "object",
    "properties": {"open": {"type": "boolean"}, "number": {"type": "number", "minimum": 0}},
}
ROWS = "id,n,propose,because\none,1..5,a,it is small\n"


@pytest.fixture
def rules(tmp_path):
    folder = tmp_path / "rules"
    folder.mkdir()
    lines = [line.removeprefix("    ") for line in PACK.lstrip("\n").splitlines()]
    (folder / "p.yaml").write_text("\n".join(lines))
    (folder / "house.yaml").write_text(HOUSE)
    (folder / "q.json").write_text(json.dumps(SCHEMA))
    (folder / "t.csv").write_text(ROWS)
    return folder


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def loads(monkeypatch):
    """The number of times that rules were read and checked in full."""
    from nba import loading

    full, count = loading.load_rules, []

    def counted(*arguments, **named):
        count.append(1)
        return full(*arguments, **named)

    monkeypatch.setattr(loading, "load_rules", counted)
    return count


def decided(orchestrator, profile, **named):
    decision = orchestrator.decide(profile, as_of=AS_OF, limit=None, **named)
    return json.dumps(decision.to_dict()), decision.explain()


class TestTheSameDecisions:
    @pytest.mark.parametrize("form", ["many", "one"])
    def test_of_rules_of_every_kind(self, tmp_path, cache, loads, form):
        folder = write_rules(tmp_path / "rules", 120, one_file=form == "one")
        anew, first, second = nba.load(folder), nba.load(folder, cache=cache), nba.load(folder, cache=cache)
        assert len(loads) == 2
        assert anew.ruleset.hash == second.ruleset.hash
        assert anew.reads() == second.reads()
        for profile in (PROFILE, {}, {"id": "C-2", "account": {"level": "critical"}}):
            assert decided(anew, profile) == decided(first, profile) == decided(second, profile)

    @pytest.mark.parametrize(
        "name", ["car-dealer", "insurance", "onboarding", "payment-difficulty", "campaign-launch", "internal-help-desk"]
    )
    def test_of_the_stories(self, cache, loads, name):
        folder = f"rulesets/{name}"
        anew, _, kept = nba.load(folder), nba.load(folder, cache=cache), nba.load(folder, cache=cache)
        assert len(loads) == 2
        assert decided(anew, {"id": "C-1"}) == decided(kept, {"id": "C-1"})

    def test_with_tables_schemas_days_and_meta(self, rules, cache, loads):
        anew, _, kept = nba.load(rules), nba.load(rules, cache=cache), nba.load(rules, cache=cache)
        assert len(loads) == 2
        profile = {"id": "C-1", "q": {"open": True, "number": 3}}
        assert decided(anew, profile) == decided(kept, profile)
        assert kept.ruleset.actions == anew.ruleset.actions
        with pytest.raises(nba.ProfileError):  # what the schema says is still checked
            kept.decide({"q": {"number": -1}}, as_of=AS_OF)

    def test_selectors_that_pick_the_same_still_share_it(self, tmp_path, cache):
        folder = write_rules(tmp_path / "rules", 120)
        nba.load(folder, cache=cache)
        for rules in (nba.load(folder), nba.load(folder, cache=cache)):
            pairs = [guard.pairs for guard in rules.ruleset.guards]
            assert len({id(of) for of in pairs}) == len({json.dumps(of) for of in pairs})


def plugin(**functions):
    module = ModuleType("plugin")

    @nba.hookimpl
    def nba_features():
        return [functions["feature"]]

    @nba.hookimpl
    def nba_gates():
        return [functions["gate"]]

    @nba.hookimpl
    def nba_decided(decision):
        functions["seen"].append(decision.outcome)

    module.nba_features, module.nba_gates, module.nba_decided = nba_features, nba_gates, nba_decided
    return module


class TestPlugins:
    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "p.yaml").write_text(
            "pack: p\nactions: {a: {tier: care}}\nrules: [{id: r, when: mine.big, propose: a, because: it is big}]\n"
        )
        return tmp_path / "p.yaml"

    def functions(self, size, reads=("value",), returns=bool):
        @nba.feature(reads=list(reads), returns=returns, name="big")
        def big(value):
            return value > size

        @nba.gate(name="shut")
        def shut(offered, channel):
            return nba.Block("it is shut") if size == 7 else None

        return {"feature": big, "gate": shut, "seen": []}

    def test_functions_are_those_of_the_plugin_that_is_there_now(self, folder, cache, loads):
        for size, outcome in ((5, "action"), (10, "nothing_proposed"), (7, "all_blocked")):
            functions = self.functions(size)
            rules = nba.load(folder, plugins={"mine": plugin(**functions)}, cache=cache)
            assert rules.decide({"value": 9}, as_of=AS_OF).outcome == outcome
            assert functions["seen"] == [outcome]
        assert len(loads) == 1

    @pytest.mark.parametrize("changed", [{"reads": ["len(id)"]}, {"reads": ["as_of"]}, {"returns": float}])
    def test_what_a_plugin_declares_otherwise_is_checked_anew(self, folder, cache, loads, changed):
        nba.load(folder, plugins={"mine": plugin(**self.functions(5))}, cache=cache)
        with pytest.raises(nba.RulesError) if changed != {"reads": ["as_of"]} else nullcontext():
            nba.load(folder, plugins={"mine": plugin(**self.functions(5, **changed))}, cache=cache)
        assert len(loads) == 2

    def test_without_the_plugin_it_is_an_error_as_ever(self, folder, cache):
        nba.load(folder, plugins={"mine": plugin(**self.functions(5))}, cache=cache)
        with pytest.raises(nba.RulesError):
            nba.load(folder, cache=cache)


class TestWhatHasChanged:
    @pytest.mark.parametrize(
        ("file", "before", "after"),
        [
            ("p.yaml", "it is open", "it is so"),
            ("house.yaml", "Europe/Helsinki", "UTC"),
            ("q.json", '"minimum": 0', '"minimum": 1'),
            ("t.csv", "1..5", "1..6"),
        ],
    )
    def test_any_file_that_changes_is_read_again(self, rules, cache, loads, file, before, after):
        first = nba.load(rules, cache=cache)
        text = (rules / file).read_text()
        assert before in text
        (rules / file).write_text(text.replace(before, after))
        second = nba.load(rules, cache=cache)
        assert len(loads) == 2
        assert file == "q.json" or first.ruleset.hash != second.ruleset.hash
        nba.load(rules, cache=cache)
        assert len(loads) == 2
        assert len(list(cache.iterdir())) == 1  # one file a set of rules, however often it changes

    def test_a_file_that_is_new_or_gone_counts(self, rules, cache, loads):
        nba.load(rules, cache=cache)
        (rules / "r.yaml").write_text("pack: r\n")
        assert [of.name for of in nba.load(rules, cache=cache).ruleset.packs] == ["p", "r"]
        (rules / "r.yaml").unlink()
        assert [of.name for of in nba.load(rules, cache=cache).ruleset.packs] == ["p"]

    def test_rules_that_are_wrong_are_not_kept_and_say_so_each_time(self, rules, cache):
        nba.load(rules, cache=cache)
        (rules / "p.yaml").write_text((rules / "p.yaml").read_text().replace("q.open", "q.opn"))
        for _ in range(2):
            with pytest.raises(nba.RulesError, match=r"did you mean `q\.open`"):
                nba.load(rules, cache=cache)

    def test_a_file_that_changes_while_the_rules_are_read_keeps_nothing(self, rules, cache, loads, monkeypatch):
        from nba import loading

        read = loading.load_rules

        def slow(*arguments, **named):
            found = read(*arguments, **named)
            (rules / "p.yaml").write_text((rules / "p.yaml").read_text() + "# touched\n")
            return found

        monkeypatch.setattr(loading, "load_rules", slow)
        nba.load(rules, cache=cache)
        assert not cache.exists()

    @pytest.mark.parametrize("what", ["nba", "tzdata", "python", "format"])
    def test_other_versions_load_anew(self, rules, cache, loads, monkeypatch, what):
        nba.load(rules, cache=cache)
        if what == "python":
            monkeypatch.setattr(sys, "version_info", (3, 99, 0))
        elif what == "format":
            monkeypatch.setattr(caching, "FORMAT", caching.FORMAT + 1)
        else:
            monkeypatch.setattr(caching, "versions", lambda: {"nba": "0", "tzdata": "0", what: "99"})
        nba.load(rules, cache=cache)
        assert len(loads) == 2


class TestFilesThatAreNotBelieved:
    @pytest.fixture
    def kept(self, rules, cache):
        nba.load(rules, cache=cache)
        (file,) = cache.iterdir()
        return file

    @pytest.mark.parametrize(
        "damage",
        [
            lambda data: b"",
            lambda data: data[:-1],
            lambda data: data[: len(data) // 2],
            lambda data: data.replace(b"it is open", b"it is shut"),
            lambda data: b"\x80\x04cos\nsystem\n(S'true'\ntR.",
            lambda data: b"{}",
            lambda data: os.urandom(4000),
            lambda data: data + b"\n",
        ],
    )
    def test_damaged_and_foreign_files_are_left_aside_with_a_reason(self, rules, cache, kept, loads, caplog, damage):
        whole = kept.read_bytes()
        kept.write_bytes(damage(whole))
        with caplog.at_level(logging.INFO, "nba.cache"):
            found = nba.load(rules, cache=cache)
        assert found.ruleset.hash == nba.load(rules).ruleset.hash
        assert "it is damaged, or no file of ours" in caplog.text
        assert kept.read_bytes() == whole  # written anew

    @pytest.mark.parametrize(
        "forge",
        [
            lambda stored: stored["parts"].append([10**6]),
            lambda stored: stored["parts"].insert(0, [0, -1]),
            lambda stored: stored.update(root=0),
            lambda stored: stored.update(root="x"),
            lambda stored: stored.update(kinds=[["os.system", "t"]]),
            lambda stored: stored["kinds"].__setitem__(0, ["model.Ruleset", "t"]),
            lambda stored: stored.update(texts=[1, None]),
            lambda stored: stored.pop("texts"),
            lambda stored: stored["parts"].clear(),
            lambda stored: stored["parts"].__setitem__(0, 1),
            lambda stored: stored["parts"][-1].append(1),  # the ruleset itself
        ],
    )
    def test_a_file_of_the_right_digest_with_odd_contents_does_not_crash_a_load(
        self, rules, cache, kept, loads, caplog, forge
    ):
        _, about, tables, *parts, _ = kept.read_bytes().split(b"\n")
        stored = json.loads(tables) | {"parts": [part for line in parts for part in json.loads(line)]}
        forge(stored)
        forged = b"".join(caching._lines(json.loads(about), stored))
        kept.write_bytes(caching._head(hashlib.sha256(forged).hexdigest()) + forged)
        with caplog.at_level(logging.INFO, "nba.cache"):
            assert nba.load(rules, cache=cache).ruleset.packs[0].name == "p"
        assert len(loads) == 1
        assert "is left aside" in caplog.text

    @pytest.mark.parametrize("about", [b"[]", b"{}", b"nothing", b"[" * 100_000])
    def test_odd_words_about_a_file_do_not_crash_a_load(self, rules, cache, kept, loads, about):
        rest = about + b"\n{}"
        kept.write_bytes(caching._head(hashlib.sha256(rest).hexdigest()) + rest)
        nba.load(rules, cache=cache)
        assert len(loads) == 1

    def test_a_folder_in_the_place_of_the_file_is_left_aside(self, rules, cache, kept, caplog):
        kept.unlink()
        kept.mkdir()
        assert nba.load(rules, cache=cache).ruleset.packs[0].name == "p"
        assert "cannot be kept" in caplog.text
        assert [of.name for of in cache.iterdir()] == [kept.name]  # nothing half written is left


class TestTheFolder:
    def test_one_that_cannot_be_written_says_so_in_the_log_and_the_rules_load(self, rules, tmp_path, caplog):
        (tmp_path / "file").write_text("")
        assert nba.load(rules, cache=tmp_path / "file" / "cache").ruleset.packs[0].name == "p"
        assert "the rules cannot be kept" in caplog.text

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_one_that_is_for_reading_only_is_read_and_not_written(self, rules, cache, loads):
        nba.load(rules, cache=cache)
        cache.chmod(0o555)
        nba.load(rules, cache=cache)
        assert len(loads) == 1

    def test_many_at_once_write_and_read_whole_files(self, rules, cache):
        failed = []

        def load():
            try:
                assert nba.load(rules, cache=cache).ruleset.packs[0].name == "p"
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=load) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failed
        assert len(list(cache.iterdir())) == 1

    def test_other_rules_have_files_of_their_own(self, rules, cache):
        nba.load(rules, cache=cache)
        nba.load(rules / "p.yaml", cache=cache)
        assert len(list(cache.iterdir())) == 2

    @pytest.mark.parametrize("cache", [True, 5, ["x"]])
    def test_what_is_no_folder_is_refused(self, rules, cache):
        with pytest.raises(TypeError, match="cache should be a folder"):
            nba.load(rules, cache=cache)

    def test_a_path_that_is_not_there_is_the_same_error(self, cache, tmp_path):
        with pytest.raises(nba.RulesError, match="there is no file or folder"):
            nba.load(tmp_path / "nowhere", cache=cache)
