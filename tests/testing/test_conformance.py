"""The test kit for packs: one that conforms, and for each check a pack that does not."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel

import nba
from nba.testing.conformance import ConformanceReport, check_pack
from tests.pages import ROOT, write_files

PACK = """
    pack: garden
    profile: {section: garden, schema: garden.schema.json}
    signals:
      dry: {when: garden.rain_mm < 1, because: it has not rained}
    actions:
      water: {title: Water the beds, tier: care, channels: [email]}
    rules:
      - {id: water_when_dry, when: garden.dry, propose: water, because: it has not rained}
"""
SCHEMA = {
    "type": "object",
    "properties": {
        "rain_mm": {"type": "number"},
        "beds": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}}},
    },
}
CASES = """
    cases:
      - name: a dry garden is watered
        given: {profile: {garden: {rain_mm: 0}}}
        expect: {action: garden.water}
      - name: nobody mails who is on the phone
        given: {profile: {garden: {rain_mm: 0}}, context: {channel: phone}}
        expect: {blocked: {garden.water: [conversation]}}
"""
Check = Callable[..., ConformanceReport]


@pytest.fixture
def checked(tmp_path: Path) -> Check:
    """Writes a pack with its cases, and checks it."""

    def check(pack: str = PACK, cases: str | None = CASES, **options: Any) -> ConformanceReport:
        folder = tmp_path / "garden"
        folder.mkdir(exist_ok=True)
        (folder / "garden.schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
        (folder / "pack.yaml").write_text(dedent(pack), encoding="utf-8")
        if cases is not None:
            (folder / "cases.yaml").write_text(dedent(cases), encoding="utf-8")
        return check_pack(folder, **{"others": [], **options})

    return check


def failed(report: ConformanceReport) -> list[str]:
    return [of.says for of in report.checks if of.findings]


def test_a_good_pack_conforms_and_says_what_was_looked_at(checked: Check) -> None:
    report = checked()
    assert report.passed, str(report)
    assert len(report.checks) == 9
    assert str(report).endswith("it conforms")
    assert "2 cases, loaded twice, in two orders, in two processes" in str(report)
    assert report.to_dict()["passed"] is True


def test_a_pack_that_does_not_load_is_not_looked_at_further(checked: Check) -> None:
    report = checked(PACK.replace("garden.dry, propose", "garden.drry, propose"))
    assert failed(report) == ["it loads alone"]
    assert "did you mean `garden.dry`" in str(report)
    assert not report.passed
    assert [of.skipped != "" for of in report.checks[1:]] == [True] * 8


@pytest.mark.parametrize(("pack", "told"), [("no_such_pack", "no plugin `no_such_pack` is installed"), ("", "plugin")])
def test_a_pack_that_is_not_there_is_a_finding(pack: str, told: str) -> None:
    report = check_pack(pack)
    assert failed(report) == ["it loads alone"]
    assert told in str(report) or "not a name" in str(report)


def test_a_module_of_another_name_is_refused() -> None:
    with pytest.raises(ValueError, match="the one module of the pack"):
        check_pack("garden", plugins={"meadow": object()})


def test_a_rule_that_waits_for_a_pack_that_nobody_has_is_a_finding(checked: Check) -> None:
    report = checked(
        PACK + '      - {id: tell, with: [moon], when: moon.full, notify: {department: moon, message: "!"}}\n'
    )
    assert failed(report) == ["it loads beside the others"]
    assert "not installed here: moon" in str(report)


def test_a_pack_that_does_not_load_beside_another_is_told(tmp_path: Path) -> None:
    pack = tmp_path / "pack.yaml"
    pack.write_text(
        "pack: garden\nrules:\n"
        "  - {id: a, with: [service], when: service.recovery_owd, block: {tier: growth}, because: b}\n",
        encoding="utf-8",
    )
    report = check_pack(pack, others=["service"])
    assert failed(report) == ["it loads beside the others"]
    assert "service.recovery_owed" in str(report)


def test_a_signal_that_does_not_say_what_it_means_is_a_finding(checked: Check) -> None:
    report = checked(PACK.replace(", because: it has not rained}\n    actions", "}\n    actions"))
    assert failed(report) == ["its signals are typed and documented"]
    [finding] = report.findings
    assert (finding.message, finding.source) == ("signal `garden.dry` does not say what it means", "pack.yaml:5")


def test_a_case_that_fails_is_a_finding(checked: Check) -> None:
    report = checked(cases=CASES + "      - {name: it rains, given: {}, expect: {action: garden.water}}\n")
    assert failed(report) == ["its cases hold"]
    assert "it rains" in str(report)


def test_a_pack_without_cases_does_not_conform(checked: Check) -> None:
    report = checked(cases=None)
    assert failed(report) == [
        "its cases hold",
        "each action is reached in some case",
        "each action is blocked in some case",
    ]


def test_cases_that_are_not_written_as_cases_are_a_finding(checked: Check) -> None:
    report = checked(cases="cases:\n  - {name: x, expcet: {}}\n")
    assert not report.passed
    assert "expcet" in str(report)


def test_an_action_that_only_stand_ins_propose_is_not_reached(checked: Check) -> None:
    cases = CASES.replace("garden: {rain_mm: 0}}}", "garden: {rain_mm: 5}}, proposed: [garden.water]}")
    report = checked(cases=cases)
    assert failed(report) == ["each action is reached in some case"]
    assert report.findings[0].message == "`garden.water` is never reached in any case"


def test_an_action_that_no_case_blocks_is_a_finding(checked: Check) -> None:
    report = checked(
        cases=CASES.replace("context: {channel: phone}", "context: {channel: email}").replace(
            "blocked: {garden.water: [conversation]}", "action: garden.water"
        )
    )
    assert failed(report) == ["each action is blocked in some case"]


def test_a_draft_need_not_be_reached(checked: Check) -> None:
    report = checked(PACK.replace("    rules:", "      dream: {tier: care, status: draft}\n    rules:"))
    assert report.passed, str(report)


GROWTH = PACK.replace("tier: care, channels: [email]", "tier: growth, channels: [email]")
WILLING = """
    cases:
      - name: a dry garden is watered
        given: {profile: &willing {garden: {rain_mm: 0}, service: {cases: []},
          consents: {marketing: {granted: true, channels: {email: true}}}}}
        expect: {action: garden.water}
      - name: nobody mails who is on the phone
        given: {profile: *willing, context: {channel: phone}}
        expect: {blocked: {garden.water: [conversation]}}
"""
LOOKS = """
      - id: not_while_recovering
        with: [service]
        when: service.recovery_owed
        block: {tier: growth}
        because: first things first
"""


def test_growth_that_looks_at_nobody_is_a_finding(checked: Check) -> None:
    cases = WILLING.replace(" service: {cases: []},", "")
    report = checked(GROWTH, cases)
    assert failed(report) == ["no growth without a look at another department"]
    assert "`garden.water` is growth" in str(report)


def test_growth_behind_a_guard_on_its_own_signal_still_looks_at_nobody(checked: Check) -> None:
    own = GROWTH + "      - {id: own, when: garden.rain_mm > 9, block: water, because: it is wet}\n"
    assert failed(checked(own, WILLING.replace(" service: {cases: []},", ""))) == [
        "no growth without a look at another department"
    ]


@pytest.mark.parametrize(
    "looks",
    [
        LOOKS,
        LOOKS.replace("service.recovery_owed", 'any(c.status == "open" for c in service.cases)'),
        LOOKS.replace(
            "block: {tier: growth}", "for: {tier: growth}\n        require: not service.recovery_owed"
        ).replace("        when: service.recovery_owed\n", ""),
    ],
    ids=["a signal", "a section", "a requirement"],
)
def test_growth_that_looks_at_another_department_conforms(checked: Check, looks: str) -> None:
    report = checked(GROWTH + dedent(looks).replace("\n", "\n      "), WILLING, others=["service"])
    assert report.passed, str(report)


class Bed(BaseModel):
    id: str | None = None


class Garden(BaseModel):
    rain_mm: float | None = None
    beds: list[Bed] | None = None


WITH_FEATURE = PACK.replace(", schema: garden.schema.json", "").replace("garden.rain_mm < 1", "garden.first == 'b1'")
BEDS = CASES.replace("{rain_mm: 0}", "{beds: [{id: b1}, {id: b2}]}")


@pytest.fixture
def plugged(tmp_path: Path, plugin: Callable[..., Any]) -> Check:
    """Checks a plugin with a feature of its own."""

    def check(feature: Callable[..., Any], **more: Any) -> ConformanceReport:
        (tmp_path / "rules").mkdir()
        (tmp_path / "rules" / "pack.yaml").write_text(dedent(WITH_FEATURE), encoding="utf-8")
        (tmp_path / "cases.yaml").write_text(dedent(BEDS), encoding="utf-8")
        declared = nba.feature(reads=["garden.beds"], returns=str, name="first")(feature)
        module = plugin(
            nba_packs=[tmp_path / "rules"], nba_profile_sections={"garden": Garden}, nba_features=[declared], **more
        )
        return check_pack("garden", cases=tmp_path / "cases.yaml", plugins={"garden": module}, others=[])

    return check


def test_a_plugin_that_is_not_installed_is_checked_by_its_module(plugged: Check) -> None:
    def first(beds: Any) -> str | None:
        """The first bed by its id; missing when the beds are."""
        return min((of["id"] for of in beds), default=None) if beds is not None else None

    report = plugged(first)
    assert report.passed, str(report)
    assert "not in another process" in str(report)


def test_a_feature_that_depends_on_the_order_of_records_is_a_finding(plugged: Check) -> None:
    def first(beds: Any) -> str | None:
        """The first bed in the list."""
        return beds[0]["id"] if beds else None

    report = plugged(first)
    assert failed(report) == ["the same input gives the same decision"]
    assert "records in another order" in str(report)


def test_a_feature_that_remembers_is_a_finding(plugged: Check) -> None:
    seen: list[str] = []

    def first(beds: Any) -> str | None:
        """The first bed, the first few times."""
        seen.append("once more")
        return "b1" if len(seen) < 4 else "b2"

    assert "the same input gives the same decision" in failed(plugged(first))


def test_a_feature_that_writes_into_what_it_is_given_is_a_finding(plugged: Check) -> None:
    def first(beds: Any) -> str | None:
        """The first bed by its id."""
        try:
            beds.sort(key=lambda of: of["id"])
            beds.pop()
        except AttributeError:
            pass
        return "b1"

    report = plugged(first)
    assert failed(report) == ["no feature or gate fails, or changes what it is given"]
    assert "`garden.first` changes what it is given" in str(report)


def test_a_feature_that_fails_is_a_finding(plugged: Check) -> None:
    def first(beds: Any) -> str | None:
        """The first bed."""
        beds[0]["id"] = "b1"
        return "b1"

    report = plugged(first)
    assert "no feature or gate fails, or changes what it is given" in failed(report)
    assert "TypeError" in str(report)


def test_a_gate_that_fails_is_a_finding(plugged: Check) -> None:
    def first(beds: Any) -> str | None:
        """The first bed by its id."""
        return "b1"

    @nba.gate(name="shut")
    def shut(offered: Any, channel: Any) -> None:
        if channel == "email":
            raise OSError("the door is stuck")

    report = plugged(first, nba_gates=[shut])
    assert "no feature or gate fails, or changes what it is given" in failed(report)
    assert "the door is stuck" in str(report)


def test_a_feature_without_a_docstring_is_a_finding(plugged: Check) -> None:
    report = plugged(lambda beds: "b1")
    assert failed(report) == ["its signals are typed and documented"]


def test_a_feature_that_depends_on_the_process_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "pack.yaml").write_text(dedent(WITH_FEATURE), encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(dedent(CASES), encoding="utf-8")
    (tmp_path / "hasty_garden.py").write_text(
        dedent('''
            import sys
            from pathlib import Path
            from pydantic import BaseModel
            import nba

            class Garden(BaseModel):
                rain_mm: float | None = None

            @nba.feature(reads=["garden.rain_mm"], returns=str)
            def first(rain):
                """The first bed in a set of two."""
                return "b1" if hash("b1") == HERE else "b2"

            HERE = int(Path(__file__).with_suffix(".txt").read_text())

            @nba.hookimpl
            def nba_packs():
                return [Path(__file__).parent / "rules"]

            @nba.hookimpl
            def nba_profile_sections():
                return {"garden": Garden}

            @nba.hookimpl
            def nba_features():
                return [first]
        '''),
        encoding="utf-8",
    )
    (tmp_path / "hasty_garden.txt").write_text(str(hash("b1")), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    import hasty_garden

    try:
        report = check_pack("garden", cases=tmp_path / "cases.yaml", plugins={"garden": hasty_garden}, others=[])
    finally:
        del sys.modules["hasty_garden"]
    assert failed(report) == ["the same input gives the same decision"]
    assert "in another process" in str(report)


def test_the_pack_that_the_page_on_writing_packs_makes_in_ten_minutes_can_be_checked(tmp_path: Path) -> None:
    folder = write_files(ROOT / "docs" / "writing-a-pack.md", tmp_path)
    report = check_pack(folder / "billing", others=[])
    # The page leaves one thing to its reader: a case that blocks the plan, and words for a number.
    assert failed(report) == ["its signals are typed and documented", "each action is blocked in some case"], str(
        report
    )
    more = folder / "billing" / "cases" / "more.yaml"
    more.write_text(
        dedent("""
            cases:
              - name: a plan is not talked about in a chat
                given:
                  profile:
                    timezone: Europe/Helsinki
                    billing: {hardship: true, invoices: [{id: R1, amount: 9, due_on: {ago: 10 days}, paid: false}]}
                  context: {channel: chat}
                expect: {blocked: {billing.payment_plan: [conversation]}}
        """),
        encoding="utf-8",
    )
    pack = folder / "billing" / "pack.yaml"
    pack.write_text(
        pack.read_text(encoding="utf-8").replace("  owed:\n", "  owed:\n    title: What is due\n"), encoding="utf-8"
    )
    mended = check_pack(folder / "billing", others=[])
    assert mended.passed, str(mended)


def test_a_plugin_folder_that_the_page_shows_conforms_too(tmp_path: Path) -> None:
    """`module` is made from the page's files as an author would import it."""
    folder = write_files(ROOT / "docs" / "writing-a-pack.md", tmp_path)
    package = folder / "nba-billing" / "nba_billing"
    (package / "rules").mkdir()
    for file in (folder / "billing").glob("*.yaml"):
        text = file.read_text(encoding="utf-8").replace(
            "{section: billing, schema: billing.schema.json}", "{section: billing}"
        )
        (package / "rules" / file.name).write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("nba_billing_of_the_page", package / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    report = check_pack("billing", cases=folder / "billing" / "cases", plugins={"billing": module}, others=["service"])
    loaded = {of.says: of for of in report.checks}
    assert loaded["it loads alone"].passed
    assert loaded["it loads beside the others"].passed
    assert loaded["its cases hold"].passed
    assert loaded["no feature or gate fails, or changes what it is given"].passed
