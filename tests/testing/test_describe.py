"""The page of a pack: made from its YAML, fresh, and complete."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import nba
from nba.authoring.describe import describe
from nba.authoring.written import written_packs
from tests.pages import ROOT
from tests.testing.pages import FOLDER, PACKS, pages

HOUSE = "house: small\n"
GARDEN = {
    "house.yaml": HOUSE,
    "garden.schema.json": """
        {"type": "object", "properties": {
          "rain_mm": {"type": "number", "description": "In a day | or night."},
          "state": {"type": "string", "enum": ["dry", "wet"]},
          "beds": {"type": "array", "items": {"title": "bed", "type": "object",
            "properties": {"id": {"type": "string", "description": "Its number."},
              "owner": {"type": "string", "confidential": true}}}}}}
    """,
    "garden.yaml": """
        pack: garden
        title: The garden
        department: parks
        profile: {section: garden, schema: garden.schema.json}
        settings:
          least: {type: number, default: 1, min: 0, title: Rain that is enough}
          loud: {type: boolean, default: false}
          mood: {type: text, default: calm, values: [calm, wild]}
        signals:
          dry: {when: garden.rain_mm < settings.least, because: it has not rained}
          rain: {title: How much it rained, value: garden.rain_mm, confidential: true}
        actions:
          water:
            title: Water a bed
            tier: care
            channels: [email, phone]
            tags: [wet]
            for_each: bed in garden.beds
            key: bed.id
            at_most: 2
            propensity: 0.5
            value: 2
            exclusive: hose
          dream: {tier: growth, status: draft}
        rules:
          - id: water_when_dry
            when:
              all:
                - garden.dry
                - any:
                    - bed.id != "b1"
                    - context.stock["water"] > 1
            propose: water
            because: it has not rained.
          - id: not_at_night
            when: {not: {any: ['locale == "fi"', garden.dry]}}
            block: {tier: growth, tag: wet}
            except: water
            on_unknown: allow
            because: people sleep
          - {id: adults, for: water, require: years_since(birth_date) >= 18, because: it is heavy}
          - {id: more, when: garden.dry, weigh: {select: {tag: wet}, by: 2}, because: it is urgent}
          - {id: tell, with: [moon], when: moon.full, notify: {department: moon, message: "Look, {name}"}}
          - id: by_table
            table:
              inputs: {rain: garden.rain_mm, state: garden.state}
              rows:
                - {id: a, rain: 0..1, state: "-", block: {action: water}, because: it is enough}
    """,
    "moon.yaml": """
        pack: moon
        signals: {full: {when: value > 1, because: the moon is full}}
        actions: {shine: {tier: care}}
    """,
}


@pytest.fixture
def page(write: Callable[[object], Path]) -> str:
    folder = write(GARDEN)
    return describe(written_packs([folder])["garden"], nba.load(folder).ruleset)


@pytest.mark.parametrize(
    "line",
    [
        "# The garden",
        "The pack `garden` of the department `parks`, as its rules say it.",
        "| `garden.rain_mm` | number | In a day \\| or night. |",
        '| `garden.state` | one of "dry", "wet" |  |',
        "| `garden.beds[].id` | text | Its number. |",
        "Of the core of the profile: `birth_date`, `locale` and `name`.",
        "Of the state of the company: `context.stock`.",
        "- `moon.full`: the moon is full",
        "| `garden.dry` | true or false | it has not rained |",
        "| `garden.rain` | number | How much it rained (confidential) |",
        "| `garden.beds[].owner` | text | (confidential) |",
        "### Water a bed",
        "`garden.water`, tier `care`, by `email` or `phone`, for each `bed` in `garden.beds`, at most 2 of them. "
        "Tags: `wet`. Only one of the group `hose` is done. Score: propensity `0.5` times value `2`.",
        '- proposed when `garden.dry` and (`bed.id != "b1"` or `context.stock["water"] > 1`), '
        "because it has not rained (`water_when_dry`)",
        "### dream",
        "`garden.dream`, tier `growth`. It is a draft.",
        "- holds back what has tier `growth` and tag `wet`, but not `water` when not "
        '(`locale == "fi"` or `garden.dry`), because people sleep. Where that is not known, it lets them pass. '
        "(`not_at_night`)",
        "- lets `water` pass only when `years_since(birth_date) >= 18`, because it is heavy (`adults`)",
        "- holds back `water` when `garden.rain_mm` is `0..1`, because it is enough (`by_table.a`)",
        "- multiplies the score of what has tag `wet` by `2` when `garden.dry`, because it is urgent (`more`)",
        "- asks `moon` where `moon` is loaded, when `moon.full`: “Look, {name}” (`tell`)",
        "| `garden.least` | `1` | at least 0 | Rain that is enough |",
        "| `garden.loud` | `false` | boolean |  |",
        "| `garden.mood` | `calm` | `calm` or `wild` |  |",
    ],
)
def test_the_page_says(page: str, line: str) -> None:
    assert line in page.splitlines()


def test_the_page_of_a_pack_that_says_little_is_short(write: Callable[[object], Path]) -> None:
    folder = write(GARDEN)
    page = describe(written_packs([folder])["moon"], nba.load(folder).ruleset)
    assert "## Settings" not in page
    assert "## What it holds back" not in page
    assert "### shine" in page


@pytest.mark.parametrize("file", [f"{name}.md" for name in PACKS])
def test_the_pages_of_the_packs_are_fresh(file: str) -> None:
    made = pages()
    assert (FOLDER / file).read_text(encoding="utf-8") == made[file], "`python -m tests.testing.pages` writes them anew"


@pytest.mark.parametrize("name", PACKS)
def test_the_page_of_a_pack_tells_every_rule_action_signal_and_setting(name: str) -> None:
    page = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    [pack] = written_packs([ROOT / "plugins" / f"nba-{name}" / f"nba_{name}" / "rules"]).values()
    named = [f"`{name}.{of}`" for of in (*pack.signals, *pack.actions, *pack.settings)]
    named += [f"`{rule.id}" for rule in pack.rules]
    assert [of for of in named if of not in page] == []


def test_every_page_of_a_pack_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert {path.name for path in FOLDER.glob("*.md")} == {f"{name}.md" for name in PACKS}
    assert [name for name in PACKS if f": packs/{name}.md" not in navigation] == []
