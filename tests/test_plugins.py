"""Plugins as they are found and asked what they bring: what cannot be used stops the load, by name."""

from __future__ import annotations

import functools
import types
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import nba
from nba import plugins as plugins_module
from nba.plugins import load_installed, read_plugin

PACK = "pack: p\nactions: {a: {tier: care}}\nrules: [{id: r, when: true, propose: a, because: b}]\n"


@nba.feature(reads=["value"], returns=float)
def rate(value: float | None) -> float | None:
    return value


class Section(BaseModel):
    visits: int | None = None


def refused(module: object) -> str:
    with pytest.raises(nba.PluginError) as caught:
        read_plugin("x", module)
    return str(caught.value)


def test_a_plugin_brings_packs_sections_features_gates_and_an_observer(plugin, tmp_path):
    @nba.gate()
    def desk(offered, channel):
        return None

    module = plugin(
        nba_packs=[tmp_path],
        nba_profile_sections={"x": Section},
        nba_features=[rate],
        nba_gates=[desk],
        nba_decided=lambda decision: None,
    )
    found = read_plugin("x", module, "1.0")
    assert (found.packs, found.sections, [of.name for of in found.features]) == ((tmp_path,), {"x": Section}, ["rate"])
    assert ([of.name for of in found.gates], found.observer is None, found.version) == (["desk"], False, "1.0")


class TestWhatAPluginMayNotDo:
    def test_a_misspelt_hook(self, plugin):
        said = refused(plugin(nba_feature=[]))
        assert said == "plugin `x` implements a hook that there is not: `nba_feature`; did you mean `nba_features`?"

    def test_a_hook_of_a_name_like_none(self, plugin):
        assert "the hooks are nba_decided, nba_features, nba_gates" in refused(plugin(nba_zzz=[]))

    def test_a_hook_without_its_mark(self):
        module = types.ModuleType("module")
        module.nba_features = lambda: [rate]
        assert refused(module) == "plugin `x`: `nba_features` is not marked with @nba.hookimpl"

    def test_no_hook_at_all(self):
        assert refused(types.ModuleType("module")).startswith("plugin `x` implements no hook: ")

    @pytest.mark.parametrize("module", [None, 5, "service", {}])
    def test_no_module_at_all(self, module):
        assert refused(module).startswith("plugin `x` implements no hook: ")

    def test_a_hook_that_raises(self, plugin):
        def nba_features():
            raise KeyError("x")

        assert refused(plugin(nba_features=nba_features)) == "plugin `x`: `nba_features` raised KeyError: 'x'"

    @pytest.mark.parametrize(
        ("hook", "answer", "said"),
        [
            ("nba_packs", "rules", "`nba_packs` should return a list, not a str"),
            ("nba_packs", {}, "`nba_packs` should return a list, not a dict"),
            ("nba_packs", [5], "`nba_packs` should return paths, not int"),
            ("nba_packs", ["nowhere"], "its rules are not there: nowhere"),
            ("nba_packs", None, "`nba_packs` should return a list, not a NoneType"),
            ("nba_features", (), "`nba_features` should return a list, not a tuple"),
            ("nba_features", [len], "`len` is not marked with @nba.feature"),
            ("nba_features", [5], "`int` is not marked with @nba.feature"),
            ("nba_gates", [rate], "`rate` is not marked with @nba.gate"),
            ("nba_profile_sections", [], "`nba_profile_sections` should return a dict, not a list"),
            ("nba_profile_sections", {"x": dict}, "section `x` should be a pydantic model"),
            ("nba_profile_sections", {"x": Section()}, "section `x` should be a pydantic model"),
            ("nba_profile_sections", {5: Section}, "the name of a section should be a text, not 5"),
        ],
    )
    def test_a_hook_that_returns_something_else(self, plugin, hook, answer, said):
        assert refused(plugin(**{hook: answer})) == f"plugin `x`: {said}"

    def test_a_hook_with_other_parameters(self, plugin):
        assert "x" in refused(plugin(nba_decided=lambda decision, more: None))

    @pytest.mark.parametrize("reads", ["value", [1], None, 5])
    def test_reads_that_are_no_list_of_paths(self, reads):
        for mark in (functools.partial(nba.feature, returns=float), nba.gate):
            with pytest.raises(TypeError, match=r"are a list of paths, such as \['usage.minutes'\]"):
                mark(reads=reads)


class TestWhatTheRulesSayOfAPlugin:
    @pytest.mark.parametrize(
        ("reads", "function", "returns", "said"),
        [
            (["vaule"], lambda a: 1.0, float, "`vaule` is not in the profile"),
            (["value", "nmae", "context.chanel"], lambda a, b, c: 1.0, float, "`nmae` is not in the profile"),
            (["value +1"], lambda a: 1.0, float, "`x.rate` reads `value +1`, which is not a path"),
            (["y.other"], lambda a: 1.0, float, "`y.other`: the profile has no `y`"),
            (["settings.days"], lambda a: 1.0, float, "`days` is not a setting"),
            (["value ="], lambda a: 1.0, float, "="),
            ([""], lambda a: 1.0, float, ""),
            (["value"], lambda: 1.0, float, "`x.rate` declares 1 reads, and its function does not take just these"),
            (["value"], lambda a, b: 1.0, float, "`x.rate` declares 1 reads"),
            (["value"], lambda *, value: 1.0, float, "`x.rate` declares 1 reads"),
            (["value"], lambda a: 1.0, list[float], "feature `x.rate` should return one value"),
            (["value"], lambda a: 1.0, object, "feature `x.rate` should return one value"),
            (["value"], lambda a: 1.0, object(), "feature `x.rate` should return one value"),
            (["value"], lambda a: 1.0, "flaot", "feature `x.rate` should return one value"),
            (["value"], lambda a: 1.0, Section, "feature `x.rate` should return one value"),
        ],
    )
    def test_a_feature_that_cannot_be_used_stops_the_load(self, refused, plugin, reads, function, returns, said):
        feature = nba.feature(reads=reads, returns=returns, name="rate")(function)
        problems = refused(PACK, plugins={"x": plugin(nba_features=[feature])})
        assert any(said in of.message for of in problems)

    def test_every_wrong_read_is_named(self, refused, plugin):
        feature = nba.feature(reads=["vaule", "nmae"], returns=float, name="rate")(lambda a, b: 1.0)
        problems = refused(PACK, plugins={"x": plugin(nba_features=[feature])})
        assert {of.help for of in problems} == {"did you mean `value`?", "did you mean `name`?"}

    def test_a_gate_of_the_wrong_arity_stops_the_load(self, refused, plugin):
        gate = nba.gate(reads=["value"])(lambda offered, channel: None)
        (problem,) = refused(PACK, plugins={"x": plugin(nba_gates=[gate])})
        assert "declares 1 reads" in problem.message

    def test_an_asynchronous_function_stops_the_load(self, refused, plugin):
        async def slow(value):
            return 1.0

        feature = nba.feature(reads=["value"], returns=float)(slow)
        (problem,) = refused(PACK, plugins={"x": plugin(nba_features=[feature])})
        assert problem.message == "`x.slow` is asynchronous, and a decision waits for nothing"

    def test_a_feature_that_is_declared_twice_stops_the_load(self, refused, plugin):
        (problem,) = refused(PACK, plugins={"x": plugin(nba_features=[rate, rate])})
        assert problem.message == "feature `x.rate` is declared twice"

    def test_a_feature_and_a_signal_of_one_name_stop_the_load(self, refused, plugin):
        text = PACK + "signals: {rate: {when: true}}\n"
        (problem,) = refused(text, plugins={"p": plugin(nba_features=[rate])})
        assert "`p.rate` is both a signal and a plugin's feature" in problem.message
        assert problem.span.location == "pack.yaml:4"

    def test_a_section_that_the_core_profile_has_stops_the_load(self, refused, plugin):
        (problem,) = refused(PACK, plugins={"x": plugin(nba_profile_sections={"consents": Section})})
        assert problem.message == "plugin `x` brings `consents`, which the core profile has already"

    def test_two_plugins_with_one_section_stop_the_load(self, refused, plugin):
        sections = plugin(nba_profile_sections={"x": Section})
        (problem,) = refused(PACK, plugins={"x": sections, "y": sections})
        assert "plugin `y` brings `x`, which plugin `x` has already" in problem.message

    def test_a_plugin_can_bring_the_pack_of_its_name_only_once(self, refused, plugin, tmp_path):
        (tmp_path / "other.yaml").write_text(PACK)
        (problem,) = refused(PACK, plugins={"x": plugin(nba_packs=[tmp_path / "other.yaml"])})
        assert problem.message.startswith("pack `p` comes from two places: ")

    def test_a_pack_of_a_plugin_that_does_not_load_stops_the_load(self, refused, plugin, tmp_path):
        (tmp_path / "other.yaml").write_text("pack: other\nrulez: []\n")
        (problem,) = refused(PACK, plugins={"x": plugin(nba_packs=[tmp_path])})
        assert (problem.span.source.name, problem.help) == ("x/other.yaml", "did you mean `rules`?")

    def test_a_house_in_a_plugins_folder_is_not_the_house(self, load, plugin, tmp_path):
        (tmp_path / "q.yaml").write_text("pack: q\n")
        (tmp_path / "house.yaml").write_text("house: usurper\n")
        rules = load({"p.yaml": PACK}, plugins={"x": plugin(nba_packs=[tmp_path])})
        assert rules.ruleset.house.name == "careful"

    def test_a_callable_object_can_be_a_feature(self, load, plugin):
        class Rate:
            def __call__(self, value):
                return 2.0

        feature = nba.feature(reads=["value"], returns=float, name="rate")(Rate())
        text = PACK.replace("when: true", "when: x.rate == 2")
        rules = load(text, plugins={"x": plugin(nba_features=[feature])})
        assert rules.decide({}, as_of="2026-11-22T09:00:00Z").outcome == "action"


class Distribution:
    """Stands in for an installed distribution."""

    def __init__(self, version: str) -> None:
        self.name, self.version = "nba-x", version


@pytest.fixture
def install(monkeypatch, tmp_path):
    """Installs plugins: entry points by name to (module's source, version)."""

    def install_plugins(*entries: tuple[str, str, str]) -> None:
        points = []
        for number, (name, source, version) in enumerate(entries):
            module = f"nba_plugin_under_test_{tmp_path.name}_{number}".replace("-", "_")
            (tmp_path / f"{module}.py").write_text(source)
            point = EntryPoint(name, module, "nba")
            vars(point).update(dist=Distribution(version))
            points.append(point)
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.setattr(plugins_module, "entry_points", lambda group: points)

    return install_plugins


EMPTY = "import nba\n@nba.hookimpl\ndef nba_features(): return []\n"


class TestInstalledPlugins:
    @pytest.mark.parametrize("wanted", ["x", "x>=1.2", "x ==1.5", "x!=1.4", "x~=1.2", "x>=1.2,<2"])
    def test_a_pin_that_the_installed_version_meets(self, install, wanted):
        install(("x", EMPTY, "1.5"))
        assert [of.name for of in load_installed([wanted])] == ["x"]

    def test_a_pin_that_it_does_not_meet(self, install):
        install(("x", EMPTY, "1.5"))
        with pytest.raises(nba.PluginError, match=r"plugin `x` is installed as 1\.5, and `x>=2` is wanted"):
            nba.load(packs=["x>=2"])

    def test_every_pin_counts_when_a_plugin_is_named_twice(self, install):
        install(("x", EMPTY, "1.5"))
        assert len(load_installed(["x", "x>=1"])) == 1
        with pytest.raises(nba.PluginError):
            load_installed(["x", "x>=2"])

    @pytest.mark.parametrize("wanted", ["x >= ", "", "x y", "=1", "x>=banana"])
    def test_a_pin_that_is_none(self, install, wanted):
        install(("x", EMPTY, "1.5"))
        with pytest.raises(nba.PluginError, match=r"is not a name with a version, such as `sales>=1\.2`"):
            nba.load(packs=[wanted])

    def test_a_plugin_that_is_not_installed(self, install):
        install(("service", EMPTY, "1"))
        with pytest.raises(nba.PluginError) as caught:
            nba.load(packs=["servise"])
        assert "no plugin `servise` is installed (pip install nba-servise); did you mean `service`?" in str(
            caught.value
        )

    def test_nothing_is_installed(self, install):
        install()
        with pytest.raises(nba.PluginError, match="installed: none"):
            nba.load(packs=["zzz"])

    def test_two_plugins_of_one_name(self, install):
        install(("x", EMPTY, "1"), ("x", EMPTY, "2"))
        with pytest.raises(nba.PluginError, match="two installed plugins are named `x`"):
            nba.load(packs=["x"])

    def test_a_plugin_that_does_not_import(self, install):
        install(("x", "import no_such_module_anywhere", "1"))
        with pytest.raises(nba.PluginError, match="plugin `x` does not import: ModuleNotFoundError: No module named"):
            nba.load(packs=["x"])

    def test_a_plugin_that_is_not_asked_for_is_not_imported(self, install):
        install(("x", EMPTY, "1"), ("broken", "raise SystemExit", "1"))
        assert len(load_installed(["x"])) == 1

    def test_an_installed_plugin_and_a_given_one_of_the_same_name(self, install, plugin):
        install(("x", EMPTY, "1"))
        with pytest.raises(nba.PluginError, match="two plugins are named `x`: module plugin_under_test and nba-x 1"):
            nba.load(packs=["x"], plugins={"x": plugin(nba_features=[])})

    def test_the_house_names_the_packs_that_join_it(self, install, load):
        pack = f"import nba\n@nba.hookimpl\ndef nba_packs(): return [{str(Path(__file__).parent.parent / 'none')!r}]\n"
        install(("x", pack, "1"))
        with pytest.raises(nba.PluginError, match="plugin `x`: its rules are not there"):
            load({"house.yaml": "house: h\npacks: [x>=1]\n", "p.yaml": PACK})
        assert load({"house.yaml": "house: h\n", "p.yaml": PACK})

    def test_a_version_of_a_plugin_is_part_of_the_rules_hash(self, install):
        hashes: set[Any] = set()
        for version in ("1", "2"):
            install(("x", EMPTY, version))
            hashes.add(nba.load(packs=["x"]).ruleset.hash)
        assert len(hashes) == 2
