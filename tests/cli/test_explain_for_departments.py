"""`nba explain` for one department, and as a matrix."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import nba
from nba.cli.app import app

AS_OF = "2026-11-22T09:00:00Z"
PROFILE = {"billing": {"hardship": True}}
FILES = {
    "house.yaml": "house: small\n",
    "billing.schema.json": '{"properties": {"hardship": {"type": "boolean", "confidential": true}}}',
    "billing.yaml": """
pack: billing
profile: {section: billing, schema: billing.schema.json}
rules: [{id: hush, when: billing.hardship, block: {tier: growth}, because: hardship, public_because: not now}]
""",
    "sales.yaml": """
pack: sales
actions: {offer: {title: Offer something, tier: growth}}
rules: [{id: offer_it, when: true, propose: offer, because: it fits}]
""",
}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "profile.json").write_text(json.dumps(PROFILE))
    return tmp_path


def explain(rules: Path, *arguments: str) -> Result:
    command = ["explain", "--rules", str(rules), "--as-of", AS_OF, *arguments, str(rules / "profile.json")]
    return CliRunner().invoke(app, command, env={"NO_COLOR": "1", "COLUMNS": "100"})


def test_why_not_for_a_department_tells_it_no_more_than_it_may_know(rules: Path) -> None:
    sales = explain(rules, "--why-not", "sales.offer", "--department", "sales")
    assert (sales.exit_code, sales.stderr) == (0, "")
    assert "held back by billing: not now" in sales.stdout
    assert "hardship" not in sales.stdout
    assert "billing.hardship is true" in explain(rules, "--why-not", "sales.offer").stdout


def test_the_matrix_says_who_decided_and_to_a_department_what_it_may_know(rules: Path) -> None:
    whole, sales = explain(rules, "--matrix"), explain(rules, "--matrix", "--department", "sales")
    assert {whole.exit_code, sales.exit_code} == {0}
    assert "billing.hush" in whole.stdout
    assert "not now" in sales.stdout
    assert "hush" not in sales.stdout
    assert "hardship" not in sales.stdout


def test_the_matrix_is_data_too(rules: Path) -> None:
    decision = nba.load(rules).decide(PROFILE, as_of=AS_OF)
    shown = explain(rules, "--matrix", "--department", "sales", "--format", "json").stdout
    assert json.loads(shown) == json.loads(json.dumps(decision.matrix("sales").to_dict()))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--matrix", "--department", "sals"), "did you mean `sales`?"),
        (("--why-not", "sales.offer", "--department", "sals"), "did you mean `sales`?"),
        (("--matrix", "--why-not", "sales.offer"), "say one of --why-not and --matrix"),
    ],
)
def test_what_does_not_go_together_is_refused(rules: Path, arguments: tuple[str, ...], told: str) -> None:
    result = explain(rules, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
