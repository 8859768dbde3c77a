"""Each command: what it prints where, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import nba
from nba.cli.app import app
from nba.plugins import GROUP

AS_OF = "2026-11-22T09:00:00Z"
DEALER = nba.shipped("car-dealer")
ANNA = DEALER / "profiles" / "anna-reopened.json"
UNKNOWN = DEALER / "profiles" / "cases-unknown.json"
RULES = ("--rules", str(DEALER), "--as-of", AS_OF)


def run(*arguments: str | Path, input: bytes | None = None, **env: str) -> Result:
    given = {"NO_COLOR": "1", "COLUMNS": "100", **env}
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=input, env=given)


def entry_point(name: str, load: Any) -> Any:
    return SimpleNamespace(name=name, value=f"{name}:module", dist=None, load=load)


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts other entry points in the place of those that are installed."""

    def install(*points: Any) -> None:
        monkeypatch.setattr("nba.plugins.entry_points", lambda group: list(points) if group == GROUP else [])

    return install


def test_decide_prints_the_json_of_the_decision_and_nothing_else() -> None:
    context = json.loads((DEALER / "context.json").read_text())
    expected = nba.load(DEALER).decide(json.loads(ANNA.read_text()), as_of=AS_OF, context=context, limit=3)
    result = run("decide", *RULES, "--context", DEALER / "context.json", "--limit", "3", "--format", "json", ANNA)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == expected.to_json(indent=2) + "\n"


def test_commands_keep_the_rules_in_the_folder_that_the_environment_names(tmp_path: Path) -> None:
    expected = run("decide", *RULES, ANNA)
    for _ in range(2):
        found = run("decide", *RULES, ANNA, NBA_CACHE=str(tmp_path / "kept"))
        assert (found.exit_code, found.stdout, found.stderr) == (0, expected.stdout, "")
        assert len(list((tmp_path / "kept").glob("*.nba-rules"))) == 1
    assert run("decide", *RULES, ANNA, NBA_CACHE="").stdout == expected.stdout


def test_decide_shows_the_choice_what_waits_and_who_is_asked() -> None:
    result = run("decide", *RULES, ANNA)
    assert (result.exit_code, result.stderr) == (0, "")
    for words in ("service.call_back", "sales.renew_lease[L-88]", "no_selling_while_recovery_is_owed", "workshop"):
        assert words in result.stdout
    assert "\x1b" not in result.stdout


def test_decide_says_so_when_nothing_can_be_done_and_what_is_not_known() -> None:
    result = run("decide", *RULES, UNKNOWN)
    assert result.exit_code == 0
    assert "Nothing to do now" in result.stdout
    assert "Not known, so in doubt: context.campaigns, service.cases" in result.stdout
    assert "in doubt" in result.stdout


@pytest.mark.parametrize("columns", ["20", "40", "75", "76", "100", "400"])
def test_every_name_is_printed_in_full_whatever_the_width(columns: str) -> None:
    printed = run("decide", *RULES, "--limit", "all", ANNA, COLUMNS=columns).stdout
    assert "service.call_back" in "".join(printed.split())
    assert all(len(line) <= 160 for line in printed.splitlines())
    if int(columns) <= 160:
        assert max(map(len, printed.splitlines())) <= int(columns)


def test_a_profile_comes_from_stdin_in_json_or_yaml() -> None:
    for text in (ANNA.read_bytes(), b"id: C-2\nservice: {cases: [{id: K, status: open, severity: high}]}"):
        result = run("decide", *RULES, "-", input=text)
        assert result.exit_code == 0
        assert "service.call_back" in result.stdout


def test_a_flat_row_is_mapped(tmp_path: Path) -> None:
    mapping, row = tmp_path / "mapping.yaml", tmp_path / "row.json"
    mapping.write_text(
        "{mapping: m, fields: {id: Customer, service.cases: {repeat: Open, item: {status: open, severity: high}}}}"
    )
    row.write_text('{"Customer": "C-7", "Open": "1"}')
    result = run("decide", *RULES, "--map", mapping, row)
    assert result.exit_code == 0
    assert "C-7" in result.stdout
    assert "service.call_back" in result.stdout
    wrong = run("decide", *RULES, "--map", mapping, ANNA)
    assert wrong.exit_code == 2
    assert "no column `Customer`" in wrong.stderr


def test_the_moment_is_now_when_none_is_given() -> None:
    as_of = json.loads(run("decide", "--rules", DEALER, "--format", "json", ANNA).stdout)["as_of"]
    assert as_of >= "2026"


def test_a_law_that_is_not_met_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "house.yaml").write_text(
        "house: h\nlaws: [{id: always_call, always: {action: shop.call}, because: we call}]\n"
    )
    (tmp_path / "shop.yaml").write_text(
        "pack: shop\nactions: {call: {tier: care}}\nrules: [{id: a, when: value > 3, propose: call, because: b}]\n"
    )
    for value, code in ((5, 0), (1, 1)):
        result = run("decide", "--rules", tmp_path, "-", input=json.dumps({"value": value}).encode())
        assert result.exit_code == code
        assert ("the law always_call is not met: we call" in result.stderr) == (code == 1)


def test_what_only_went_wrong_could_not_be_decided(tmp_path: Path, installs: Any) -> None:
    @nba.feature(reads=["value"], returns=bool)
    def broken(value: object) -> bool:
        raise ZeroDivisionError

    @nba.hookimpl
    def nba_features() -> list[Any]:
        return [broken]

    @nba.hookimpl
    def nba_packs() -> list[Any]:
        return [tmp_path]

    (tmp_path / "shop.yaml").write_text(
        "pack: shop\nactions: {call: {tier: care}}\nrules: [{id: a, when: shop.broken, propose: call, because: b}]\n"
    )
    installs(entry_point("shop", lambda: SimpleNamespace(nba_features=nba_features, nba_packs=nba_packs)))
    result = run("decide", "-", input=b"{}")
    assert result.exit_code == 3
    assert "shop.broken raised ZeroDivisionError" in result.stderr


def test_engines_that_differ_have_not_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    def differ(*args: object, **kwargs: object) -> None:
        raise nba.EngineError("the engines differ")

    monkeypatch.setattr("nba.orchestrator.Orchestrator.decide", differ)
    result = run("decide", *RULES, ANNA)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "the engines differ" in result.stderr


def test_explain_is_what_the_decision_says() -> None:
    decision = nba.load(DEALER).decide(json.loads(ANNA.read_text()), as_of=AS_OF)
    assert run("explain", *RULES, ANNA).stdout == decision.explain().rstrip("\n") + "\n"
    why = run("explain", *RULES, "--why-not", "sales.upgrade", ANNA)
    assert why.stdout == str(decision.why_not("sales.upgrade")).rstrip("\n") + "\n"
    sales = run("explain", *RULES, "--department", "sales", ANNA)
    assert sales.stdout == str(decision.for_department("sales")).rstrip("\n") + "\n"
    assert {why.exit_code, sales.exit_code} == {0}


def test_explain_gives_data_too() -> None:
    decision = nba.load(DEALER).decide(json.loads(ANNA.read_text()), as_of=AS_OF)
    as_json = ("--format", "json", ANNA)
    assert json.loads(run("explain", *RULES, *as_json).stdout) == json.loads(json.dumps(decision.explanation()))
    why = json.loads(run("explain", *RULES, "--why-not", "sales.upgrade", *as_json).stdout)
    assert why == json.loads(json.dumps(decision.why_not("sales.upgrade").to_dict()))
    sales = json.loads(run("explain", *RULES, "--department", "sales", *as_json).stdout)
    assert sales == json.loads(json.dumps(decision.for_department("sales").to_dict()))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--why-not", "sales.upgrad"), "did you mean `sales.upgrade`?"),
        (("--department", "sals"), "did you mean `sales`?"),
        (("--matrix", "--why-not", "sales.upgrade"), "say one of"),
    ],
)
def test_explain_refuses_what_there_is_not(arguments: tuple[str, ...], told: str) -> None:
    result = run("explain", *RULES, *arguments, ANNA)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


def test_check_is_clean_and_tells_how_much_there_is() -> None:
    result = run("check", DEALER)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("4 packs, 24 rules, 2 laws, ")


def test_check_points_at_the_word(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text("pack: shop\nsignals: {big: {when: valu > 3}}\n")
    result = run("check", "--rules", tmp_path)
    assert result.exit_code == 2
    assert "shop.yaml:2:23\n2 | signals: {big: {when: valu > 3}}\n  |                       ^^^^\n" in result.stderr
    assert result.stdout == "1 error\n"
    data = json.loads(run("check", tmp_path, "--format", "json").stdout)
    assert (data["passed"], data["problems"][0]["line"]) == (False, 2)


def test_check_warns_and_is_strict_when_told(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text("pack: shop\nsignals: {big: {when: value > 3}}\n")
    for arguments, code in (([], 0), (["--strict"], 1)):
        result = run("check", tmp_path, *arguments)
        assert result.exit_code == code
        assert "warning[unread]: nothing that is loaded reads signal `shop.big`" in result.stderr


def test_test_tells_each_case_and_the_sum() -> None:
    result = run("test", DEALER)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "pass  an open reopened repair comes before a renewal worth 40,000" in result.stdout
    assert result.stdout.splitlines()[-1].endswith(" passed")
    assert run("test", "-q", DEALER).stdout == result.stdout.splitlines()[-1] + "\n"
    assert run("test", "--rules", DEALER, "-q").stdout == run("test", DEALER, "-q").stdout


def test_a_case_that_fails_is_told_in_full(tmp_path: Path) -> None:
    cases = tmp_path / "cases.yaml"
    cases.write_text(
        f"cases: [{{name: it sells, given: {{base: {ANNA}, as_of: {AS_OF}}}, expect: {{action: sales.upgrade}}}}]"
    )
    result = run("test", cases, "--rules", DEALER)
    assert result.exit_code == 1
    for words in (
        "FAIL  it sells",
        "expected  sales.upgrade",
        "but got   service.call_back",
        "held back by",
        "1 failed",
    ):
        assert words in result.stdout
    data = json.loads(run("test", cases, "--rules", DEALER, "--format", "json").stdout)
    assert data["cases"][0]["mismatches"][0]["actual"] == "service.call_back"


def test_a_case_that_is_wrong_is_wrong_input(tmp_path: Path) -> None:
    cases = tmp_path / "cases.yaml"
    cases.write_text("cases: [{name: it sells, expect: {action: sales.upgrad}}]")
    result = run("test", cases, "--rules", DEALER)
    assert result.exit_code == 2
    assert "did you mean `sales.upgrade`?" in result.stderr
    cases.write_text("cases: [{name: it sells}]")
    result = run("test", cases, "--rules", DEALER)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "`expect:` is missing here" in result.stderr


def test_cases_alone_are_run_against_what_is_installed(tmp_path: Path, installs: Any) -> None:
    cases = tmp_path / "cases.yaml"
    cases.write_text("cases: [{name: nothing happens, expect: {action: none}}]")
    installs()
    assert run("test", cases).exit_code == 0
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "shop.yaml").write_text(
        "pack: shop\nactions: {call: {tier: care}}\nrules: [{id: a, when: 'true', propose: call, because: b}]\n"
    )

    @nba.hookimpl
    def nba_packs() -> list[Any]:
        return [tmp_path / "pack"]

    installs(entry_point("shop", lambda: SimpleNamespace(nba_packs=nba_packs)))
    result = run("test", cases)
    assert result.exit_code == 1
    assert run("check", cases).exit_code == 0
    assert "about the installed ones (shop)" in result.stderr


def test_packs_lists_what_is_installed_and_what_is_broken(installs: Any) -> None:
    @nba.gate(reads=["value"])
    def open_hours(offered: object, channel: object, value: object) -> None:
        return None

    @nba.hookimpl
    def nba_gates() -> list[Any]:
        return [open_hours]

    good = entry_point("shop", lambda: SimpleNamespace(nba_gates=nba_gates))
    installs(good)
    result = run("packs")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "shop.open_hours" in result.stdout
    assert "native" in result.stdout

    def fail() -> None:
        raise ImportError("no module named desk")

    installs(good, entry_point("desk", fail))
    result = run("packs")
    assert result.exit_code == 1
    assert "plugin `desk` does not import: ImportError: no module named desk" in result.stderr
    assert "shop" in result.stdout
    data = json.loads(run("packs", "--format", "json").stdout)
    assert [of["name"] for of in data["packs"]] == ["shop"]
    assert list(data["errors"]) == ["desk"]


def test_two_plugins_of_one_name_are_an_error(installs: Any) -> None:
    installs(
        SimpleNamespace(name="a", value="one", dist=None, load=None),
        SimpleNamespace(name="a", value="two", dist=None, load=None),
    )
    result = run("packs")
    assert result.exit_code == 1
    assert "two installed plugins are named `a`" in result.stderr


def test_without_rules_and_installed_packs_the_way_on_is_told(installs: Any) -> None:
    installs()
    for command in (("decide", "-"), ("explain", "-"), ("check",)):
        result = run(*command, input=b"{}")
        assert result.exit_code == 2
        assert "--rules PATH" in result.stderr
    assert "No packs are installed" in run("packs").stderr


def test_the_demo_tells_the_story() -> None:
    result = run("demo")
    assert (result.exit_code, result.stderr) == (0, "")
    for words in ("Call the customer back", "waits: Renew the lease (L-88)", "nothing is sold", "What next"):
        assert words in result.stdout
    assert run("demo").stdout == result.stdout


def test_the_commands_that_the_demo_names_work() -> None:
    commands = [
        line.split() for line in run("demo").stdout.splitlines() if line.startswith("  ") and " --rules " in line
    ]
    assert len(commands) >= 4
    for _, *arguments in commands:
        result = run(*arguments)
        assert result.exit_code == 0, result.output
