"""The documentation is tested against the code.

Python blocks run by sybil (see conftest.py in the root). Here: the YAML blocks of a page are the files of one rules
folder, which has to load and to pass its own cases; tables of expressions are evaluated; commands run and print what
the page shows; what pages name exists.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

import nba
from nba.documents.cases import Expect, Given
from nba.documents.house import Assume, Department, House, Law, Vocabulary
from nba.documents.pack import Action, Rule, Signal
from nba.language.types import Record
from tests.pages import PAGES, ROOT, Block, Command, blocks, commands, run, shows_rules, tables, write_files

AS_OF = "2026-11-22T09:00:00Z"

LANGUAGE = ROOT / "docs" / "language.md"
WITH_CASES = [page for page in PAGES if shows_rules(page)]
SIX = ["billing", "logistics", "marketing", "sales", "service", "workplace"]
"""The pages that show a whole rules folder; the others load their YAML in Python blocks."""


def test_the_pages_with_rules_are_found() -> None:
    assert {page.name for page in WITH_CASES} >= {"language.md", "writing-a-pack.md"}


@pytest.mark.parametrize("page", WITH_CASES, ids=lambda page: page.name)
def test_the_yaml_of_a_page_loads_and_its_cases_pass(page: Path, tmp_path: Path) -> None:
    from nba.authoring import run_cases

    folder = write_files(page, tmp_path)
    report = run_cases(folder, nba.load(folder))
    assert report.passed, str(report)
    assert len(report.results) >= sum(of.text.count("- name:") for of in blocks(page) if of.text.startswith("cases:"))


def test_the_plugin_that_a_page_writes_loads_and_passes_the_cases_of_the_pack(tmp_path: Path) -> None:
    from nba.authoring import run_cases

    folder = write_files(ROOT / "docs" / "writing-a-pack.md", tmp_path)
    package = folder / "nba-billing" / "nba_billing"
    (package / "rules").mkdir()
    for file in (folder / "billing").glob("*.yaml"):
        text = file.read_text(encoding="utf-8").replace(
            "{section: billing, schema: billing.schema.json}", "{section: billing}"
        )
        (package / "rules" / file.name).write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("nba_billing", package / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    plugin = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(plugin)
    orchestrator = nba.load(plugins={"billing": plugin})
    report = run_cases(folder / "billing" / "cases", orchestrator)
    assert report.passed, str(report)
    assert plugin.largest_share(({"paid": False, "amount": 30.0}, {"paid": False, "amount": 10.0})) == 0.75
    assert plugin.largest_share(({"paid": False},)) is None
    mira = json.loads((folder / "mira.json").read_text(encoding="utf-8"))
    full = orchestrator.decide(mira, context={"capacity": {"billing": 0}}, as_of=AS_OF)
    assert full.action is not None
    assert full.action.channel == "email"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], dict[str, tuple[int, str, str]]]:
    """What each expression of the language's page is worth for the page's customer, and what the page says."""
    folder = write_files(LANGUAGE, tmp_path_factory.mktemp("language"))
    rows = {f"row_{line}": (line, *cells) for line, cells in tables(LANGUAGE, "expression", "is")}
    lines = ["pack: shown", "signals:"]
    lines += [f"  {name}: {{value: {json.dumps(of.strip('`'))}}}" for name, (_, of, _) in rows.items()]
    (folder / "shown.yaml").write_text("\n".join(lines), encoding="utf-8")
    profile = json.loads((folder / "mira.json").read_text(encoding="utf-8"))
    decision = nba.load(folder).decide(profile, context={"stock": {"lamp": 3}}, as_of=AS_OF)
    return {name: decision.signals[f"shown.{name}"] for name in rows}, rows


def test_every_expression_of_the_language_page_is_what_the_page_says(
    shown: tuple[dict[str, object], dict[str, tuple[int, str, str]]],
) -> None:
    values, rows = shown
    assert len(rows) > 50
    wrong = []
    for name, (line, expression, said) in rows.items():
        is_ = as_the_page_writes(values[name])
        if said.replace("unknown", "missing") != is_:
            wrong.append(f"language.md:{line}: {expression} is {is_}, not {said}")
    assert not wrong, "\n".join(wrong)


def as_the_page_writes(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "missing", True: "true", False: "false"}[value]
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def test_every_function_of_the_language_is_on_its_page(
    shown: tuple[dict[str, object], dict[str, tuple[int, str, str]]],
) -> None:
    from nba.language.functions import FUNCTIONS, SPECIAL_FORMS

    written = " ".join(expression for _, expression, _ in shown[1].values())
    assert [name for name in [*FUNCTIONS, *SPECIAL_FORMS] if f"{name}(" not in written] == []


@pytest.mark.parametrize("model", [House, Law, Assume, Department, Vocabulary, Action, Rule, Signal, Given, Expect])
def test_every_key_of_the_yaml_is_on_the_language_page(model: type[BaseModel]) -> None:
    page = LANGUAGE.read_text(encoding="utf-8")
    keys = {field.alias or name for name, field in model.model_fields.items()}
    assert [key for key in sorted(keys) if not re.search(rf"`{key}\b|\b{key}: ", page)] == []


@pytest.mark.parametrize(
    ("line", "expression", "said"),
    [(line, *cells) for line, cells in tables(LANGUAGE, "you write", "the help says")],
    ids=lambda value: str(value),
)
def test_a_wrong_expression_gets_the_help_that_the_page_says(
    line: int, expression: str, said: str, tmp_path: Path
) -> None:
    folder = write_files(LANGUAGE, tmp_path)
    (folder / "wrong.yaml").write_text(
        f"pack: wrong\nsignals:\n  it: {{when: {json.dumps(expression.strip('`'))}}}\n", encoding="utf-8"
    )
    with pytest.raises(nba.RulesError) as caught:
        nba.load(folder)
    [problem] = caught.value.problems
    assert problem.help == said


def test_the_error_that_the_language_page_shows_is_what_a_load_says(tmp_path: Path) -> None:
    [shown] = [of.text.strip() for of in blocks(LANGUAGE) if of.text.startswith("error[")]
    [name, number] = re.findall(r"--> (.+?):(\d+):", shown)[0]
    [line] = re.findall(r"^\d+ \|(.*)", shown, re.MULTILINE)
    [schema] = [of.text for of in blocks(LANGUAGE) if of.title == "profile.schema.json"]
    (tmp_path / "profile.schema.json").write_text(schema, encoding="utf-8")
    (tmp_path / "house.yaml").write_text("house: small\nprofile: profile.schema.json\n", encoding="utf-8")
    (tmp_path / name).parent.mkdir()
    before = ["pack: service", "signals:", "  recovery_owed:"]
    before[1:1] = [""] * (int(number) - 1 - len(before))
    (tmp_path / name).write_text("\n".join([*before, line[1:]]), encoding="utf-8")
    with pytest.raises(nba.RulesError) as caught:
        nba.load(tmp_path)
    assert str(caught.value) == shown


@pytest.mark.parametrize("command", [command for page in PAGES for command in commands(page)], ids=str)
def test_a_command_of_the_pages_prints_what_the_page_shows(command: Command, tmp_path: Path) -> None:
    printed = run(command, tmp_path)
    pattern = "(.*)".join(map(re.escape, command.output.split("...")))
    assert re.fullmatch(pattern, printed, re.DOTALL), f"{printed}\n`python -m tests.pages` mends the pages"


PYTHON = [block for page in PAGES for block in blocks(page) if block.language in ("python", "py", "pycon")]


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_a_python_block_is_python(block: Block) -> None:
    assert block.language == "python", "sybil runs `python` blocks only"
    if ">>>" not in block.text:
        ast.parse(block.text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_every_name_of_the_library_that_a_page_says_exists(page: Path) -> None:
    for name in set(re.findall(r"\bnba\.([A-Za-z_]+)\b(?!\.\w)", page.read_text(encoding="utf-8"))):
        assert hasattr(nba, name) or (ROOT / "nba" / name).is_dir() or name in ("cli", "readthedocs"), f"nba.{name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_what_a_page_says_of_a_decision_is_there(page: Path) -> None:
    for name in set(re.findall(r"(?<!/)\bdecision\.(?!py\b|json\b)([a-z_]+)", page.read_text(encoding="utf-8"))):
        assert hasattr(nba.Decision, name), f"decision.{name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_every_module_and_script_that_a_page_names_is_there(page: Path) -> None:
    for name in set(
        re.findall(r"(?<![\w/-])((?:nba|tests|rulesets|plugins)/[\w./-]*\w)", page.read_text(encoding="utf-8"))
    ):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_every_file_that_a_page_links_to_is_there(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), f"{page.name} links to {link}"


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert [page.name for page in (ROOT / "docs").glob("*.md") if f": {page.name}" not in navigation] == []


@pytest.mark.parametrize("name", SIX)
def test_the_page_of_a_plugin_lists_what_the_plugin_brings_and_nothing_else(name: str) -> None:
    rules = nba.load(packs=SIX).ruleset
    page = (ROOT / "plugins" / f"nba-{name}" / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(rf"`({name}\.[a-z_]+)`", page))
    section = rules.profile.fields[name].type
    assert isinstance(section, Record)
    fields = {f"{name}.{field}" for field in section.fields}
    brought = {
        id for id in [*rules.actions, *rules.settings, *(of.id for of in rules.facts)] if id.startswith(f"{name}.")
    }
    assert named == brought | fields
    for id, value in rules.settings.items():
        if id.startswith(f"{name}."):
            assert f"`{id}` ({value})" in page
