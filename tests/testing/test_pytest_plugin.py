"""The plugin for pytest: cases in YAML are tests, and the rules are a fixture."""

from __future__ import annotations

from textwrap import dedent

import pytest

import nba.testing
import nba.testing.pytest_plugin
from nba.authoring import run_cases

pytest_plugins = ["pytester"]
# What is imported before stays imported: pytest run within pytest forgets, after each run, what that run imported.
EVERYTHING = [getattr(nba.testing, name) for name in nba.testing.__all__]

PACK = """
    pack: shop
    actions:
      upgrade: {title: Offer the larger one, tier: growth, channels: [email]}
      sorry: {title: Say sorry, tier: recovery, channels: [email]}
    rules:
      - {id: offer, when: value > 100, propose: upgrade, because: a good customer}
      - {id: sorry, when: lifecycle_stage == "angry", propose: sorry, because: they are angry}
      - {id: not_now, when: lifecycle_stage == "angry", block: {tier: growth}, because: they are angry}
"""
CASES = """
    cases:
      - name: a good customer is offered the larger one
        given: {profile: {value: 200, lifecycle_stage: calm}}
        expect: {action: shop.upgrade}
      - name: nobody is sold to who is angry
        given: {profile: {value: 200, lifecycle_stage: angry}}
        expect: {action: shop.sorry, blocked: {shop.upgrade: [shop.not_now]}}
"""
WRONG = """
    cases:
      - name: a good customer is offered the larger one
        given: {profile: {value: 200, lifecycle_stage: calm}}
        expect:
          action: shop.sorry
"""


class Folder:
    """A folder of tests, and pytest run in it."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path = pytester.path

    def write(self, **files: str) -> None:
        for name, text in files.items():
            path = self.path / name.replace("__", "/").replace("_yaml", ".yaml").replace("_py", ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")

    def run(self, *options: str) -> pytest.RunResult:
        return self.pytester.runpytest_inprocess("-p", "nba.testing.pytest_plugin", "-p", "no:cov", *options)


@pytest.fixture
def folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A folder with rules, a house that asks for nothing, and cases beside them."""
    monkeypatch.setenv("COLUMNS", "200")
    made = Folder(pytester)
    made.write(rules__house_yaml="house: small\n", rules__shop_yaml=PACK, rules__cases__shop_yaml=CASES)
    return made


def text_of(result: pytest.RunResult) -> str:
    return result.stdout.str() + result.stderr.str()


def test_each_case_of_a_rules_folder_is_a_test_with_its_sentence_for_a_name(folder: Folder) -> None:
    result = folder.run("-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["rules/cases/shop.yaml::a good customer is offered the larger one PASSED*"])


def test_a_case_is_selected_by_words_of_its_sentence(folder: Folder) -> None:
    folder.run("-k", "angry").assert_outcomes(passed=1, deselected=1)
    folder.run("rules/cases/shop.yaml::nobody is sold to who is angry").assert_outcomes(passed=1)


def test_a_case_that_fails_says_what_differs_where_and_how_to_have_it_again(folder: Folder) -> None:
    folder.write(rules__cases__shop_yaml=WRONG)
    result = folder.run()
    result.assert_outcomes(failed=1)
    told = text_of(result)
    assert "expected  shop.sorry\n" in told
    assert '`lifecycle_stage == "angry"` does not hold' in told
    again = "again: python -m pytest -p nba.testing.pytest_plugin 'rules/cases/shop.yaml::"
    assert f"{again}a good customer is offered the larger one'\n" in told
    assert "Traceback" not in told
    result.stdout.fnmatch_lines(
        ["FAILED rules/cases/shop.yaml::* - shop.yaml:6: action: expected shop.sorry, but got shop.upgrade"]
    )


def test_the_last_failure_is_run_alone(folder: Folder) -> None:
    folder.write(rules__cases__more_yaml=WRONG)
    folder.run("-p", "cacheprovider").assert_outcomes(passed=2, failed=1)
    folder.run("-p", "cacheprovider", "--lf").assert_outcomes(failed=1)


def test_a_failure_is_kept_as_a_case_that_fails_in_the_same_way(folder: Folder) -> None:
    folder.write(rules__cases__shop_yaml=WRONG)
    result = folder.run("--nba-save", "kept")
    [kept] = (folder.path / "kept").glob("*.yaml")
    assert f"saved: kept/{kept.name}" in text_of(result)
    [one] = run_cases(kept, nba.load(folder.path / "rules" / "shop.yaml", folder.path / "rules" / "house.yaml")).results
    assert [of.what for of in one.mismatches] == ["action"]


def test_what_is_wrong_in_a_file_of_cases_is_told_when_it_is_collected(folder: Folder) -> None:
    folder.write(rules__cases__shop_yaml=CASES.replace("shop.upgrade}", "shop.upgrad}"))
    result = folder.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    told = text_of(result)
    assert "error[unknown-name]: there is no action `shop.upgrad`\n  --> rules/cases/shop.yaml:5:22\n" in told
    assert "help: did you mean `shop.upgrade`?" in told
    assert "^^^^^^^^^^^" in told
    assert "Traceback" not in told


def test_rules_that_do_not_load_are_told_once_in_full(folder: Folder) -> None:
    folder.write(rules__shop_yaml=PACK.replace("value > 100", "vale > 100"), rules__cases__more_yaml=CASES)
    told = text_of(folder.run())
    assert told.count("error[unknown-name]: `vale` is not in the profile\n") == 1
    assert told.count("`vale` is not in the profile (more of it above)") == 1
    assert "Traceback" not in told


def test_yaml_of_others_is_left_to_them(folder: Folder) -> None:
    folder.write(
        tests__other_yaml="cases:\n  - {name: of another tool, run: echo}\n",
        tests__template_yaml="cases: {{ a template }}\n",
        tests__data_yaml="a: 1\n",
        tests__fixtures__more_yaml=CASES,
    )
    folder.run("tests").assert_outcomes()


def test_another_plugin_collects_its_yaml_beside(folder: Folder) -> None:
    folder.write(
        conftest_py="""
            import pytest

            class Other(pytest.File):
                def collect(self):
                    yield OtherItem.from_parent(self, name="other")

            class OtherItem(pytest.Item):
                def runtest(self):
                    pass

            def pytest_collect_file(file_path, parent):
                if file_path.name == "other.yaml":
                    return Other.from_parent(parent, path=file_path)
        """,
        tests__other_yaml="steps: []\n",
    )
    folder.run().assert_outcomes(passed=3)


def test_the_rules_are_a_fixture_and_a_factory_loads_others(folder: Folder) -> None:
    folder.write(
        rules2__house_yaml="house: other\n",
        test_rules_py="""
            def test_one(orchestrator):
                assert orchestrator.ruleset.house.name == "small"

            def test_other(load_orchestrator):
                other = load_orchestrator("rules2")
                assert other.ruleset.house.name == "other"
                assert load_orchestrator("rules2") is other
        """,
    )
    folder.pytester.makeini("[pytest]\nnba_rules = rules\n")
    folder.run().assert_outcomes(passed=4)
    folder.run("--nba-rules", "rules2", "test_rules.py").assert_outcomes(passed=1, failed=1)


def test_configured_rules_are_those_of_cases_that_stand_elsewhere(folder: Folder) -> None:
    folder.write(tests__mine_yaml=CASES)
    assert "no rules are known for tests/mine.yaml\nhelp: say which rules: " in text_of(folder.run("tests"))
    folder.run("tests", "--nba-rules", "rules").assert_outcomes(passed=2)
    folder.pytester.makeini("[pytest]\nnba_packs = sales service\n")
    assert "there is no action `shop.upgrade`" in text_of(folder.run("tests"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--nba-rules", "nowhere"], "there is no file or folder of rules"),
        (["--nba-pack", "servise"], "there is no installed pack `servise`: did you mean `service`?"),
        (["--nba-matcher", "natve"], "there is no matcher 'natve'; did you mean `native`?"),
    ],
)
def test_bad_configuration_is_a_usage_error(folder: Folder, options: list[str], told: str) -> None:
    result = folder.run(*options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert told in text_of(result)
    assert "Traceback" not in text_of(result)


def test_a_test_that_asks_for_rules_that_nobody_named_is_a_usage_error(folder: Folder) -> None:
    folder.write(test_rules_py="def test_one(orchestrator): pass\n")
    result = folder.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "test_rules.py::test_one asks for the orchestrator: say which rules: `nba_rules = PATH`" in text_of(result)


def test_a_project_has_its_own_orchestrator_if_it_wants(folder: Folder) -> None:
    folder.write(
        conftest_py="import pytest\n\n@pytest.fixture\ndef orchestrator():\n    return 1\n",
        test_rules_py="def test_one(orchestrator): assert orchestrator == 1\n",
    )
    folder.run("test_rules.py").assert_outcomes(passed=1)


def test_nothing_is_collected_unless_the_plugin_is_asked_for(folder: Folder) -> None:
    folder.pytester.runpytest_inprocess("-p", "no:cov").assert_outcomes()


def test_it_works_in_several_processes_and_from_a_conftest(folder: Folder) -> None:
    folder.write(
        rules__cases__more_yaml=WRONG,
        conftest_py='pytest_plugins = ["nba.testing.pytest_plugin"]\n',
        test_rules_py="def test_one(orchestrator): assert orchestrator\n",
    )
    folder.pytester.makeini("[pytest]\nnba_rules = rules\n")
    result = folder.pytester.runpytest_subprocess("-n", "2", "--import-mode=importlib", "-p", "no:cov")
    result.assert_outcomes(passed=3, failed=1)
    told = text_of(result)
    assert "more.yaml:6: action: expected shop.sorry" in told
    assert "again: python -m pytest 'rules/cases/more.yaml::a good customer is offered the larger one'" in told


def test_a_failing_property_of_hypothesis_tells_how_to_have_it_again(folder: Folder) -> None:
    folder.write(
        test_rules_py="""
            from hypothesis import given
            from hypothesis import strategies as st

            @given(st.integers())
            def test_small(number):
                assert number < 5
        """
    )
    assert "@reproduce_failure(" in text_of(folder.run("test_rules.py"))


def test_a_failing_invariant_is_told_with_a_command_that_does_just_it_again(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write(
        test_rules_py="""
            from nba.testing import assert_invariant, invariant

            @invariant
            def test_nothing_is_sold(decision):
                return not decision.offers(tier="growth")

            def test_two(orchestrator):
                assert_invariant(orchestrator, never={"tier": "growth"})
        """
    )
    result = folder.run("test_rules.py", "--nba-rules=rules", "--nba-save=kept")
    result.assert_outcomes(failed=2)
    told = text_of(result)
    assert "nothing blocks shop.upgrade on email, which it never may be" in told
    assert "test_rules.py::test_two" in told
    # In a pipeline (CI=true) pytest says all of it once more in the summary.
    again = [line.split("again: ")[1] for line in told.splitlines() if "again: NBA_AGAIN=" in line]
    commands = list(dict.fromkeys(again))
    assert len(commands) == 2
    assert len(list((folder.path / "kept").iterdir())) == 2
    first = commands[0]
    assert first.endswith(
        " python -m pytest -p nba.testing.pytest_plugin --nba-rules=rules test_rules.py::test_nothing_is_sold"
    )
    monkeypatch.setenv("NBA_AGAIN", first.partition(" ")[0].removeprefix("NBA_AGAIN="))
    options = first.partition("pytest_plugin ")[2].split()
    folder.run(*options).assert_outcomes(failed=1)
    (folder.path / "rules" / "shop.yaml").write_text(dedent(PACK).replace("value > 100", "value > 1e300"))
    folder.run(*options).assert_outcomes(passed=1)  # the very customer, with other rules
