"""The rule sets of the repository: their cases hold, and leave no rule and no action untried."""

from __future__ import annotations

import json
import re
import shlex
from collections import defaultdict
from pathlib import Path

import pytest
from typer.testing import CliRunner

import nba
from nba.authoring import check, run_cases
from nba.authoring.running import CaseReport
from nba.cli.app import app
from nba.documents.house import House
from nba.documents.validate import validate
from nba.documents.yaml import decode, read
from nba.language.meaning import evaluate
from nba.ruleset.model import Ruleset

ROOT = Path(__file__).resolve().parents[1]
RULESETS = ROOT / "rulesets"
PLUGINS = ROOT / "plugins"
SIX = ["billing", "logistics", "marketing", "sales", "service", "workplace"]
STORIES = ["campaign-launch", "car-dealer", "internal-help-desk", "onboarding", "payment-difficulty"]
"""Those whose every action is also blocked in some case; each folder with cases has the rest."""
WITH_CASES = sorted(path.parent.name for path in RULESETS.glob("*/cases"))


@pytest.fixture(scope="module", autouse=True)
def all_packs() -> None:
    for name in SIX:
        pytest.importorskip(f"nba_{name}", reason="the packs are distributions of their own")


def reports_of(folders: dict[Path, nba.Orchestrator]) -> list[CaseReport]:
    reports = [run_cases(folder, orchestrator) for folder, orchestrator in folders.items()]
    for report in reports:
        assert report.passed, str(report)
    return reports


def untried(reports: list[CaseReport], ruleset: Ruleset, of: str = "") -> list[str]:
    """The rules and laws that never hold or never fail in any case, and the actions never chosen or never blocked."""
    items = {p.rule.id: ruleset.actions[id].for_each for id, found in ruleset.items.items() for p in found.proposals}
    truths: dict[str, set[object]] = defaultdict(set)
    fates: dict[str, set[str]] = defaultdict(set)
    for decision in [result.decision for report in reports for result in report.results]:
        assert decision is not None
        trace = decision._trace
        for statement in trace.ruleset.statements:
            each = items.get(statement.id)
            if each is None:
                truths[statement.id].add(evaluate(statement.condition, trace.environment()))
            else:
                for item in evaluate(each.over, trace.environment()) or ():
                    truths[statement.id].add(evaluate(statement.condition, trace.environment(each.item, item)))
        for action in decision.actions:
            fates[action.action].add("chosen")
        for blocked in decision.blocked:
            fates[blocked.action].add("blocked")
    found = []
    for statement in ruleset.statements:
        wanted = {True} if statement.condition.text == "true" else {True, False}
        if statement.id.startswith(of) and not wanted <= truths[statement.id]:
            found.append(f"{statement.id} is never {' nor '.join(map(str, wanted - truths[statement.id]))}")
    for id in ruleset.actions:
        if id.startswith(of) and fates[id] != {"chosen", "blocked"}:
            found.append(f"{id} is never {' nor '.join({'chosen', 'blocked'} - fates[id])}")
    return found


@pytest.mark.parametrize("name", WITH_CASES)
def test_a_rule_set_has_no_problem_and_no_warning(name: str) -> None:
    report = check(RULESETS / name)
    assert (report.problems, report.warnings) == ((), ()), str(report)


@pytest.mark.parametrize("name", WITH_CASES)
def test_every_case_of_a_rule_set_holds(name: str) -> None:
    reports_of({RULESETS / name / "cases": nba.load(RULESETS / name)})


@pytest.mark.parametrize("name", STORIES)
def test_each_rule_of_a_story_holds_and_fails_and_each_action_is_chosen_and_blocked(name: str) -> None:
    story = nba.load(RULESETS / name)
    assert untried(reports_of({RULESETS / name / "cases": story}), story.ruleset) == []


@pytest.mark.parametrize("name", SIX)
def test_each_rule_of_a_pack_holds_and_fails_and_each_action_is_chosen_and_blocked(name: str) -> None:
    tests, together = PLUGINS / f"nba-{name}" / "tests", nba.load(packs=SIX)
    folders = {tests / "cases": nba.load(packs=[name])}
    for folder in tests.glob("cases-with-*"):
        other = folder.name.removeprefix("cases-with-")
        folders[folder] = together if other == "others" else nba.load(packs=[name, other])
    reports = reports_of(folders)
    assert untried(reports, together.ruleset, f"{name}.") == []


def test_each_law_of_the_company_binds_and_does_not_bind() -> None:
    company = nba.load(RULESETS / "company")
    reports = reports_of({RULESETS / "company" / "cases": company})
    laws = {of.id for of in company.ruleset.statements if of.kind == "law"}
    assert [of for of in untried(reports, company.ruleset) if of.split()[0] in laws] == []


@pytest.mark.parametrize(
    ("name", "profile", "department", "secret"),
    [
        ("payment-difficulty", "eeva-hardship-known", "sales", r"hardship|cannot pay|nobody is pressed|help first"),
        ("payment-difficulty", "eeva-hardship-known", "supply", r"hardship|cannot pay|nobody is pressed|help first"),
        ("company", "cannot-pay", "sales", r"hardship|vulnerable|cannot pay|particular care|help first"),
        ("company", "cannot-pay", "marketing", r"hardship|vulnerable|cannot pay|particular care|help first"),
        ("internal-help-desk", "noor-is-back", "it", r"absence|health|family"),
    ],
)
def test_another_department_reads_no_word_of_what_was_told_in_confidence(
    name: str, profile: str, department: str, secret: str
) -> None:
    folder = RULESETS / name
    context, customer = folder / "context.json", folder / "profiles" / f"{profile}.json"
    decision = nba.load(folder).decide(
        json.loads(customer.read_text(encoding="utf-8")),
        context=json.loads(context.read_text(encoding="utf-8")) if context.exists() else None,
        as_of="2026-11-23T07:00:00Z",
        limit=None,
    )
    view, matrix = decision.for_department(department), decision.matrix(department)
    seen = "\n".join(map(str, [view, json.dumps(view.to_dict()), matrix, json.dumps(matrix.to_dict())]))
    assert re.findall(secret, seen) == []
    assert re.search(secret, decision.explain())


def house_of(name: str) -> House:
    file = RULESETS / name / "house.yaml"
    node = read(decode(name, file.read_bytes()))
    assert node is not None
    return validate(node, House)


def test_the_company_keeps_every_law_of_the_careful_house() -> None:
    def laws(name: str) -> dict[str, tuple[str, ...]]:
        return {of.id: (str(of.given), repr(of.never), repr(of.always), of.because) for of in house_of(name).laws}

    careful, company = laws("house"), laws("company")
    assert len(careful) >= 10
    assert {id: company.get(id) for id in careful} == careful


def commands(page: Path) -> list[str]:
    """The `nba ...` lines of a page, those that go on in the next line put together."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    return re.findall(r"^    (nba .+)$", text, re.MULTILINE)


@pytest.mark.parametrize(
    "command", [one for page in sorted(RULESETS.glob("*/README.md")) for one in commands(page)], ids=str
)
def test_every_command_of_the_pages_works(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    ran = CliRunner().invoke(app, shlex.split(command)[1:])
    assert ran.exit_code == 0, ran.output


@pytest.mark.parametrize("name", [*STORIES, "company"])
def test_the_page_of_a_rule_set_tells_of_each_customer_and_draws_a_diagram(name: str) -> None:
    page = (RULESETS / name / "README.md").read_text(encoding="utf-8")
    assert "```mermaid\n" in page
    told = set(re.findall(r"^\| `([a-z-]+)`", page, re.MULTILINE))
    assert told == {path.stem for path in (RULESETS / name / "profiles").glob("*.json")}


def test_the_page_of_the_careful_house_lists_its_laws() -> None:
    page = (RULESETS / "house" / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([a-z_]+)` \| [^|]* \| [^|]* \|$", page, re.MULTILINE)
    assert listed == [of.id for of in house_of("house").laws]
