"""The commands, gathered."""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

import nba
from nba.cli.analyse import analyse
from nba.cli.batch import batch
from nba.cli.bench import bench
from nba.cli.check import check
from nba.cli.decide import decide
from nba.cli.demo import demo
from nba.cli.explain import explain
from nba.cli.output import INTERRUPTED, guarded, out, silence_stdout
from nba.cli.packs import packs
from nba.cli.prove import prove
from nba.cli.sample import sample
from nba.cli.test import run_tests

app = typer.Typer(
    name="nba",
    help="The next best action for the customer as a whole, with the reason for everything.",
    epilog="Exit codes: 0 clean, 1 findings, 2 the input or rules are wrong, 3 could not be decided. "
    "With NBA_CACHE=FOLDER in the environment, checked rules are kept in that folder, and load much faster next time.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(guarded(demo))
app.command("decide")(guarded(decide))
app.command("explain")(guarded(explain))
app.command("check")(guarded(check))
app.command("test")(guarded(run_tests))
app.command("analyse")(guarded(analyse))
app.command("prove")(guarded(prove))
app.command("batch")(guarded(batch))
app.command("bench")(guarded(bench))
app.command("packs")(guarded(packs))
app.command("sample")(guarded(sample))


def _version(wanted: bool) -> None:
    if wanted:
        out(f"nba {nba.__version__}\n")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """The next best action for the customer as a whole, with the reason for everything."""


def run() -> int:
    """Run the command of `sys.argv`; the exit code."""
    # A stream that was closed before we began is None.
    sys.stdout = sys.stdout or io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    sys.stderr = sys.stderr or io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a terminal without Unicode shows `?`, and nothing fails for it
            reconfigure(errors="replace")
    try:
        app(prog_name="nba")
    except SystemExit as stop:
        return _flushed(stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 2)
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _flushed(code: int) -> int:
    """The code, after what was printed has gone out; who stops reading gets no complaint."""
    try:
        sys.stdout.flush()
    except OSError:
        silence_stdout()
    return code
