"""What a user gets who installs the wheel: the right files, few dependencies, and a light import."""

import json
import subprocess
import sys
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import nba

ROOT = Path(__file__).resolve().parents[1]
CORE = {"packaging", "pluggy", "pydantic", "pyyaml", "typing-extensions", "tzdata"}
EXTRAS = {"all", "batch", "cli", "durable", "proof", "report", "spark", "testing"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    [path] = folder.glob("nba-*.whl")
    with ZipFile(path) as archive:
        yield archive


@pytest.fixture(scope="module")
def metadata(wheel: ZipFile) -> Message:
    [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return Parser().parsestr(wheel.read(name).decode())


def needs(metadata: Message, *extras: str) -> set[str]:
    """The distributions that are required on Python 3.11 with just these extras, `nba[...]` followed."""
    found: set[str] = set()
    for extra in extras or ("",):
        for text in metadata.get_all("Requires-Dist", []):
            requirement = Requirement(text)
            environment = {"extra": extra, "python_version": "3.11"}
            if requirement.marker is not None and not requirement.marker.evaluate(environment):
                continue
            name = canonicalize_name(requirement.name)
            found |= needs(metadata, *requirement.extras) if name == "nba" else {name}
    return found


def test_the_wheel_is_typed_and_licensed(wheel: ZipFile) -> None:
    names = wheel.namelist()
    assert "nba/py.typed" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


@pytest.mark.parametrize("ruleset", ["house", "car-dealer"])
def test_the_wheel_ships_each_file_of_the_ruleset(wheel: ZipFile, ruleset: str) -> None:
    source = ROOT / "rulesets" / ruleset
    files = {path.relative_to(source).as_posix(): path for path in source.rglob("*") if path.is_file()}
    prefix = f"nba/_shipped/{ruleset}/"
    shipped = {name.removeprefix(prefix): wheel.read(name) for name in wheel.namelist() if name.startswith(prefix)}
    assert any(name.endswith(".yaml") for name in files), f"rulesets/{ruleset} has no YAML"
    assert shipped == {name: path.read_bytes() for name, path in files.items()}


def test_the_wheel_holds_the_library_and_nothing_else(wheel: ZipFile) -> None:
    assert {name.split("/")[0] for name in wheel.namelist()} == {"nba", f"nba-{nba.__version__}.dist-info"}


def test_the_wheel_has_the_version_of_the_library(metadata: Message) -> None:
    assert metadata["Version"] == nba.__version__


def test_the_core_requires_only_the_core_dependencies(metadata: Message) -> None:
    assert needs(metadata) == CORE


def test_the_extras_are_those_that_errors_and_documents_name(metadata: Message) -> None:
    assert set(metadata.get_all("Provides-Extra", [])) == EXTRAS


def test_all_brings_every_extra_but_those_that_need_a_compiler_or_a_jvm(metadata: Message) -> None:
    assert needs(metadata, "all") == needs(metadata, *(EXTRAS - {"all", "durable", "spark"}))
    assert not {"durable-rules", "pyspark"} & needs(metadata, "all")
    assert "durable-rules" in needs(metadata, "durable")


def test_durable_rules_is_not_asked_for_where_it_does_not_import(metadata: Message) -> None:
    [durable] = [text for text in metadata.get_all("Requires-Dist", []) if text.startswith("durable")]
    marker = Requirement(durable).marker
    assert marker is not None
    assert marker.evaluate({"extra": "durable", "python_version": "3.12"})
    assert not marker.evaluate({"extra": "durable", "python_version": "3.13"})


def test_the_command_line_is_installed_as_nba(wheel: ZipFile) -> None:
    [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt")]
    assert "nba = nba.cli:main" in wheel.read(name).decode()


def test_importing_nba_imports_no_extra() -> None:
    code = "import json, sys, nba; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    ran = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    extras = {"durable", "durable_rules_engine", "hypothesis", "jinja2", "matplotlib", "numpy", "polars", "pyarrow"}
    extras |= {"pyspark", "pytest", "rich", "typer", "z3"}
    imported = set(json.loads(ran.stdout))
    assert "nba" in imported
    assert not extras & imported
