"""Whatever is given, the command line ends with words and a code, and never with a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import nba
from nba.cli.app import app
from nba.cli.output import INTERRUPTED, guarded

DEALER = nba.shipped("car-dealer")
ANNA = DEALER / "profiles" / "anna-reopened.json"
PROGRAM = [sys.executable, "-c", "from nba.cli import main; main()"]


def refused(*arguments: str | Path, input: bytes | None = None) -> str:
    result = CliRunner().invoke(app, [str(of) for of in arguments], input=input, env={"NO_COLOR": "1"})
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is empty"),
        (b"\x00\xff\xfe", "UTF-8"),
        (b"[1, 2]", "holds a list"),
        (b'{"value": NaN}', "NaN is not a number"),
        (b'{"value": 1e999}', "not finite"),
        (b'{"value": "much"}', "value: found text, wanted a number"),
        (b'{"id": "\\ud800"}', "lone surrogate"),
        (b'{"id": "a", "id": "b"}', "in one object twice"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nests too many"),
        (b"a: " + b"[" * 1000, "within each other"),
        (b"&a [*a]", "stands within what it repeats"),
        (b"!!python/object/apply:os.system [echo]", "tags are not supported"),
    ],
)
def test_a_bad_profile_is_told(data: bytes, told: str) -> None:
    assert told in refused("decide", "--rules", DEALER, "-", input=data)


def test_files_that_are_none_are_told(tmp_path: Path) -> None:
    assert "is a folder" in refused("decide", "--rules", DEALER, tmp_path)
    assert "cannot be read" in refused("decide", "--rules", DEALER, tmp_path / "nowhere.json")
    assert "is a folder" in refused("decide", "--rules", DEALER, "--context", tmp_path, ANNA)
    assert "cannot be read" in refused("decide", "--rules", DEALER, "--map", tmp_path, ANNA)
    assert "there is no file or folder" in refused("decide", "--rules", tmp_path / "nowhere", ANNA)
    assert "there are no YAML files" in refused("decide", "--rules", tmp_path, ANNA)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--limit", "0"), "--limit: a whole number from 1"),
        (("--limit", "-1"), "--limit: a whole number from 1"),
        (("--limit", "9" * 5000), "--limit: a whole number from 1"),
        (("--as-of", "yesterday"), "--as-of: an instant is written"),
        (("--as-of", "2026-11-22"), "--as-of: an instant is written"),
        (("--matcher", "nativ"), "did you mean `native`?"),
        (("--pack", "nowhere"), "no plugin `nowhere` is installed"),
        (("--pack", "a b"), "is not a name with a version"),
        (("--format", "xml"), "xml"),
        (("--frobnicate",), "No such option"),
    ],
)
def test_a_bad_option_is_told(arguments: tuple[str, ...], told: str) -> None:
    assert told in refused("decide", "--rules", DEALER, *arguments, ANNA)


def test_a_long_text_is_no_trouble() -> None:
    text = b'{"id": "' + b"x" * 10_000_000 + b'"}'
    result = CliRunner().invoke(app, ["decide", "--rules", str(DEALER), "--format", "json", "-"], input=text)
    assert result.exit_code == 0


def test_what_is_in_a_profile_cannot_steer_the_terminal() -> None:
    escape = b'{"id": "\\u001b[31mred\\u001b]0;title\\u0007 [bold]x[/bold]", "service": {"cases": []}}'
    for command in ("decide", "explain"):
        result = CliRunner().invoke(app, [command, "--rules", str(DEALER), "-"], input=escape)
        assert result.exit_code == 0
        assert "\x1b" not in result.output
        assert "\x07" not in result.output
        assert "[bold]x[/bold]" in result.output


def test_a_fault_of_our_own_is_told_and_not_thrown(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("nba.cli.inputs.read_data", fail)
    result = CliRunner().invoke(app, ["decide", "--rules", str(DEALER), str(ANNA)], env={"NO_COLOR": "1"})
    assert result.exit_code == 3
    assert "nba itself failed: ZeroDivisionError: on purpose" in result.stderr
    monkeypatch.setenv("NBA_TRACEBACK", "1")
    result = CliRunner().invoke(app, ["decide", "--rules", str(DEALER), str(ANNA)])
    assert isinstance(result.exception, ZeroDivisionError)


def test_an_interrupted_command_says_so_by_its_code() -> None:
    import typer

    def interrupted() -> int:
        raise KeyboardInterrupt

    with pytest.raises(typer.Exit) as caught:
        guarded(interrupted)()
    assert caught.value.exit_code == INTERRUPTED == 130


def program(*arguments: str | Path, **env: str) -> subprocess.CompletedProcess[bytes]:
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, env={**os.environ, **env}, check=False, timeout=60)


def test_the_program_ends_with_the_code_of_its_command(tmp_path: Path) -> None:
    assert program("--version").stdout.decode() == f"nba {nba.__version__}\n"
    clean = program(
        "decide", "--rules", DEALER, "--format", "json", ANNA, LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii"
    )
    assert (clean.returncode, clean.stderr) == (0, b"")
    assert clean.stdout.decode("utf-8").startswith("{")
    cases = tmp_path / "cases.yaml"
    cases.write_text("cases: [{name: it sells, expect: {action: sales.upgrade}}]")
    assert program("test", "--rules", DEALER, cases).returncode == 1
    wrong = program("decide", "--rules", DEALER, tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, b"")


def test_a_terminal_without_unicode_is_enough() -> None:
    shown = program("decide", "--rules", DEALER, ANNA, PYTHONUTF8="0", PYTHONIOENCODING="ascii", NO_COLOR="1")
    assert shown.returncode == 0
    assert b"?" not in shown.stdout
    assert shown.stdout.isascii()


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals as POSIX has them")
def test_whoever_stops_reading_gets_no_complaint() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    for arguments in (["demo"], ["decide", "--rules", str(DEALER), "--format", "json", str(ANNA)]):
        ran = subprocess.run([*PROGRAM, *arguments], stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60)
        assert (ran.returncode, ran.stderr) == (141, b"")
    os.close(writer)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk to write to")
def test_a_full_disk_is_told() -> None:
    with open("/dev/full", "wb") as full:
        ran = subprocess.run([*PROGRAM, "demo"], stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
    assert ran.returncode == 3
    assert b"the output cannot be written" in ran.stderr
    assert b"Traceback" not in ran.stderr


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals as POSIX has them")
def test_control_c_ends_it_quietly(tmp_path: Path) -> None:
    profile = tmp_path / "profile.json"
    os.mkfifo(profile)
    command = [*PROGRAM, "decide", "--rules", str(DEALER), str(profile)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with running, profile.open("wb"):  # which opens only when the command reads at the other end
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (130, b"", b"")


def test_without_its_packages_the_command_line_names_the_extra() -> None:
    hide = "import sys; sys.modules.update(dict.fromkeys(['typer', 'rich', 'click']))"
    command = [sys.executable, "-c", f"{hide}; from nba.cli import main; main()"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "the command line needs packages that are not installed: pip install 'nba[cli]'\n"
