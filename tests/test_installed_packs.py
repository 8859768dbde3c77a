"""The packs of the plugins as users get them: wheels, installed in an environment of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import nba

ROOT = Path(__file__).resolve().parents[1]
PLUGINS = ROOT / "plugins"
COMPANY = ROOT / "rulesets" / "company"
SIX = ["billing", "logistics", "marketing", "sales", "service", "workplace"]


def run(command: Sequence[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(of) for of in command], cwd=cwd, capture_output=True, encoding="utf-8", check=False, timeout=300
    )


@dataclass(frozen=True)
class Installed:
    """An environment with the wheels of `nba` and of the six packs in it."""

    python: Path
    elsewhere: Path
    """A folder to run in, so that nothing is read from the source."""

    def ask(self, code: str) -> Any:
        """What the code prints as JSON."""
        ran = run([self.python, "-I", "-c", f"import json, nba\n{code}"], self.elsewhere)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    def refusal(self, code: str) -> str:
        """The message with which nba refuses what the code asks for."""
        caught = f"try:\n    {code}\nexcept nba.NbaError as error:\n    print(json.dumps(str(error)))"
        return str(self.ask(caught))

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The installed command line."""
        return run([self.python.parent / "nba", *arguments], self.elsewhere)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed")
    wheels, environment, elsewhere = folder / "wheels", folder / "environment", folder / "elsewhere"
    elsewhere.mkdir()
    projects = [ROOT, *(PLUGINS / f"nba-{name}" for name in SIX)]
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", wheels]
    with ThreadPoolExecutor(max_workers=2) as pool:
        for built in pool.map(lambda project: run([*build, project], folder), projects):
            assert built.returncode == 0, built.stdout + built.stderr
    made = run([sys.executable, "-m", "venv", "--without-pip", environment], folder)
    assert made.returncode == 0, made.stderr
    python = environment / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    # The packs name `nba` as a dependency: no index has it, so it must come from the folder of wheels.
    install: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    wanted = ["nba[cli]", *(f"nba-{name}" for name in SIX)]
    got = run([*install, "--only-binary", ":all:", "--find-links", wheels, *wanted], folder)
    assert got.returncode == 0, got.stderr
    return Installed(python, elsewhere)


def test_the_library_and_the_packs_are_read_from_the_environment(installed: Installed) -> None:
    found = installed.ask(
        "from importlib import import_module\n"
        f"names = ['nba', *('nba_' + name for name in {SIX})]\n"
        "print(json.dumps([import_module(name).__file__ for name in names]))"
    )
    environment = installed.python.parents[1].resolve()
    assert [Path(file).resolve().is_relative_to(environment) for file in found] == [True] * 7


def test_each_pack_has_its_entry_point(installed: Installed) -> None:
    points = installed.ask(
        "from importlib.metadata import entry_points\n"
        "print(json.dumps(sorted([of.name, of.value, of.dist.name] for of in entry_points(group='nba'))))"
    )
    assert points == [[name, f"nba_{name}", f"nba-{name}"] for name in SIX]


def test_installed_packs_decide_together(installed: Installed) -> None:
    decision = installed.ask(
        "orchestrator = nba.load(packs=['service', 'sales'])\n"
        "profile = {'id': 'C-1', 'consents': {'marketing': {'granted': True, 'channels': {'email': True}}},\n"
        "    'service': {'cases': [{'id': 'K1', 'status': 'open', 'severity': 'high', 'reopenings': 1}]},\n"
        "    'sales': {'opportunities': [{'id': 'O1', 'kind': 'upsell', 'value': 9000}]}}\n"
        "print(orchestrator.decide(profile, as_of='2026-11-22T09:00:00Z').to_json())"
    )
    assert decision["actions"][0]["action"] == "service.call_back"
    [held] = [of for of in decision["blocked"] if of["action"] == "sales.upsell"]
    by = {reason["id"]: reason["source"] for reason in held["by"]}
    assert {"service.hold_offers_while_recovering", "sales.step_back_while_recovering"} <= set(by)
    assert by["sales.step_back_while_recovering"].startswith("sales/with_service.yaml:")
    assert decision["signals"]["service.reopen_rate"] == 1.0
    assert decision["errors"] == []


def test_all_six_installed_packs_decide_the_customers_of_the_company(installed: Installed) -> None:
    profiles = {path.stem: json.loads(path.read_text("utf-8")) for path in (COMPANY / "profiles").glob("*.json")}
    context = json.loads((COMPANY / "context.json").read_text("utf-8"))
    decided = installed.ask(
        f"orchestrator = nba.load(packs={SIX})\n"
        f"profiles, context = json.loads({json.dumps(profiles)!r}), json.loads({json.dumps(context)!r})\n"
        "decided = {name: orchestrator.decide(of, context=context, as_of='2026-11-23T07:00:00Z')\n"
        "    for name, of in profiles.items()}\n"
        "print(json.dumps({name: [of.action.action, of.action.key, len(of.errors)] for name, of in decided.items()}))"
    )
    assert decided == {
        "cannot-pay": ["billing.support_plan", None, 0],
        "content": ["sales.check_in", None, 0],
        "gone-silent": ["marketing.personal_call", None, 0],
        "new-colleague": ["workplace.equip", "LT-7", 0],
        "order-late": ["logistics.new_date", "O-5", 0],
        "renewal-due": ["sales.renewal", "H-3", 0],
        "repair-open": ["service.call_back", None, 0],
        "waiting-manager": ["workplace.chase", "R-2", 0],
    }


CASES: dict[str, list[str]] = {
    **{f"nba-{name}/tests/cases": [name] for name in SIX},
    **{f"nba-{name}/tests/cases-with-others": SIX for name in ("billing", "logistics", "marketing", "workplace")},
    "nba-sales/tests/cases-with-service": ["sales", "service"],
    "nba-service/tests/cases-with-sales": ["sales", "service"],
}
"""By folder of cases, the packs that they are about."""


@pytest.fixture(scope="module")
def reports(installed: Installed) -> dict[str, tuple[bool, int, str]]:
    """By folder, what became of its cases: whether they all hold, how many they are, and the report."""
    found: dict[str, tuple[bool, int, str]] = installed.ask(
        "from pathlib import Path\n"
        "from nba.authoring import run_cases\n"
        f"folders, plugins = json.loads({json.dumps(CASES)!r}), Path({str(PLUGINS)!r})\n"
        "ran = {folder: run_cases(plugins / folder, nba.load(packs=packs)) for folder, packs in folders.items()}\n"
        "print(json.dumps({folder: [of.passed, len(of.results), str(of)] for folder, of in ran.items()}))"
    )
    return found


def test_each_folder_of_cases_is_looked_at() -> None:
    assert sorted(CASES) == sorted(path.relative_to(PLUGINS).as_posix() for path in PLUGINS.glob("*/tests/cases*"))


@pytest.mark.parametrize("folder", CASES)
def test_the_cases_of_the_packs_hold_as_installed(reports: dict[str, tuple[bool, int, str]], folder: str) -> None:
    passed, count, text = reports[folder]
    assert passed, text
    assert count >= 2


def test_a_pack_of_another_version_is_refused(installed: Installed) -> None:
    refusal = installed.refusal("nba.load(packs=['service', 'sales>=99'])")
    assert "`sales` is installed as 0.1.0" in refusal
    assert "`sales>=99` is wanted" in refusal
    assert installed.ask("nba.load(packs=['sales>=0.1,<1']); print('true')") is True


def test_a_pack_that_is_not_installed_is_named_with_what_to_install(installed: Installed) -> None:
    refusal = installed.refusal("nba.load(packs=['sevrice'])")
    assert "no plugin `sevrice` is installed" in refusal
    assert "service" in refusal


def test_a_house_chooses_which_installed_packs_join(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "house.yaml").write_text("house: shop\npacks: [service]\n", encoding="utf-8")
    loaded = f"ruleset = nba.load({str(tmp_path)!r}).ruleset\n"
    departments = installed.ask(
        loaded + "print(json.dumps(sorted({of.department for of in ruleset.actions.values()})))"
    )
    assert departments == ["service"]
    sections = installed.ask(loaded + "print(json.dumps(sorted({'service', 'sales'} & set(ruleset.profile.fields))))")
    assert sections == ["service"]


def test_a_folder_that_names_no_pack_stands_alone(installed: Installed) -> None:
    ids = installed.ask("print(json.dumps(sorted(nba.load(nba.shipped('car-dealer')).ruleset.actions)))")
    assert "workshop.loaner" in ids
    assert not {"sales.upsell", "service.escalation"} & set(ids)


def test_the_pins_of_a_house_are_kept(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "house.yaml").write_text("house: shop\npacks: [service, sales>=99]\n", encoding="utf-8")
    assert "`sales>=99` is wanted" in installed.refusal(f"nba.load({str(tmp_path)!r})")


def test_the_command_line_lists_the_installed_packs(installed: Installed) -> None:
    listed = installed.command("packs", "--format", "json")
    assert listed.returncode == 0, listed.stderr
    packs = json.loads(listed.stdout)["packs"]
    assert [(of["name"], of["origin"]) for of in packs] == [(name, f"nba-{name} {nba.__version__}") for name in SIX]
    assert [of["features"] for of in packs if of["name"] == "service"] == [["service.reopen_rate"]]
    assert [of["name"] for of in packs if of["rules"] < 10] == []
    for_people = installed.command("packs")
    assert for_people.returncode == 0, for_people.stderr
    assert "nba-sales" in for_people.stdout


def test_the_command_line_decides_with_the_installed_packs(installed: Installed, tmp_path: Path) -> None:
    profile = tmp_path / "customer.json"
    profile.write_text('{"id": "C-9"}', encoding="utf-8")
    ran = installed.command("decide", "--as-of", "2026-11-22T09:00:00Z", "--format", "json", str(profile))
    assert ran.returncode == 0, ran.stderr
    decision = json.loads(ran.stdout)
    assert decision["outcome"] == "nothing_proposed"
    assert [task["rule"] for task in decision["tasks"]] == ["service.look_up_unknown_cases"]
