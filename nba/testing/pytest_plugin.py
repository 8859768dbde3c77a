"""Cases in YAML as tests of pytest, and the rules as a fixture.

It is never loaded by itself: say `pytest -p nba.testing.pytest_plugin`, or in the `conftest.py` of the root

    pytest_plugins = ["nba.testing.pytest_plugin"]

and in pytest's configuration which rules the cases are about, unless they stand in the folder of their rules:

    [tool.pytest.ini_options]
    nba_rules = ["rules"]
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from nba.errors import NbaError
from nba.orchestrator import Orchestrator
from nba.testing.again import PYTEST
from nba.testing.case_items import LOADER, CaseFile, is_ours
from nba.testing.case_rules import HOW, Loader, Rules
from nba.testing.saving import SAVE

LoadRules = Callable[..., Orchestrator]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options on the command line and in pytest's configuration."""
    group = parser.getgroup("nba", "nba: cases of rules")
    group.addoption("--nba-rules", action="append", metavar="PATH", help="A folder or file of rules; may be repeated.")
    group.addoption("--nba-pack", action="append", metavar="NAME", help="An installed pack; may be repeated.")
    group.addoption("--nba-matcher", metavar="NAME", help="The rule engine.")
    group.addoption("--nba-save", metavar="DIR", help="Keep each failure there, as a case that `nba test` runs.")
    parser.addini("nba_rules", "Folders or files of rules that cases and tests are about.", type="paths", default=[])
    parser.addini("nba_packs", "Installed packs that cases and tests are about.", type="args", default=[])
    parser.addini("nba_matcher", "The rule engine for cases and tests.", default="native")


def pytest_configure(config: pytest.Config) -> None:
    """Find out which rules are meant."""
    told = config.getoption("nba_rules"), config.getoption("nba_pack")
    here = config.invocation_params.dir
    # What is said on the command line stands in place of what is configured.
    paths = [here / of for of in told[0] or ()] if any(told) else config.getini("nba_rules")
    packs = (told[1] or ()) if any(told) else config.getini("nba_packs")
    matcher = config.getoption("nba_matcher") or config.getini("nba_matcher")
    rules = Rules(tuple(map(Path, paths)), tuple(packs), matcher)
    complaint = rules.complaint()
    if complaint is not None:
        raise pytest.UsageError(complaint)
    config.stash[LOADER] = Loader(rules, config.rootpath)
    _print_blobs()
    environment = {PYTEST: _command(config)}
    if config.getoption("nba_save"):
        environment[SAVE] = str(here / config.getoption("nba_save"))
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    config.add_cleanup(lambda: _restore(before))


def _command(config: pytest.Config) -> str:
    """How pytest was started, as far as the rules go."""
    words = ["python", "-m", "pytest"]
    if any(__name__ in of for of in config.invocation_params.args):
        words += ["-p", __name__]
    for option, name in (("--nba-rules", "nba_rules"), ("--nba-pack", "nba_pack"), ("--nba-matcher", "nba_matcher")):
        told = config.getoption(name)
        words += [f"{option}={of}" for of in ([told] if isinstance(told, str) else told or ())]
    return shlex.join(words)


def _restore(environment: Mapping[str, str | None]) -> None:
    for name, value in environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _print_blobs() -> None:
    """Have Hypothesis tell with each failure how to have it again, with all else as it is configured."""
    try:
        from hypothesis import settings
    except ImportError:
        return
    current = settings()
    if not current.print_blob:
        settings.register_profile("nba", current, print_blob=True)
        settings.load_profile("nba")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CaseFile | None:
    """Files of cases."""
    return CaseFile.from_parent(parent, path=file_path) if is_ours(file_path, parent.config.rootpath) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse to go on when tests ask for the rules and nobody has said which."""
    if not config.stash[LOADER].configured and not hasattr(config, "workerinput"):
        for item in items:
            info = getattr(item, "_fixtureinfo", None)
            asked = info.name2fixturedefs.get("orchestrator", ()) if info is not None else ()
            if asked and asked[-1].func.__module__ == __name__:
                raise pytest.UsageError(f"{item.nodeid} asks for the orchestrator: {_HOW_CONFIGURED}")


_HOW_CONFIGURED = HOW.rpartition(", or ")[0]


@pytest.fixture(scope="session")
def orchestrator(pytestconfig: pytest.Config) -> Orchestrator:
    """The rules that are configured, loaded."""
    loader = pytestconfig.stash[LOADER]
    if not loader.configured:
        pytest.fail(_HOW_CONFIGURED, pytrace=False)
    return _loaded(loader, loader.configured)


@pytest.fixture(scope="session")
def load_orchestrator(pytestconfig: pytest.Config) -> LoadRules:
    """Loads other rules, once a run: `load_orchestrator("rules/sales", packs=["service"], matcher="durable")`.

    Paths are relative to the root of the tests.
    """
    loader = pytestconfig.stash[LOADER]

    def load(*paths: str | os.PathLike[str], packs: tuple[str, ...] = (), matcher: str = "native") -> Orchestrator:
        return _loaded(loader, Rules(tuple(loader.root / of for of in paths), tuple(packs), matcher))

    return load


def _loaded(loader: Loader, rules: Rules) -> Orchestrator:
    try:
        return loader.load(rules)
    except NbaError as error:
        pytest.fail(f"the rules do not load\n\n{error}", pytrace=False)
