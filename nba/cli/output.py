"""What the command line prints: data on stdout, words on stderr, colour on terminals only; and how it ends."""

from __future__ import annotations

import functools
import io
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import ParamSpec, TextIO

import typer
from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from nba.errors import NbaError

CLEAN, FINDINGS, WRONG, UNDECIDED, INTERRUPTED, CLOSED = 0, 1, 2, 3, 130, 141
WIDTH = 100
"""Columns where there is no terminal that says how many."""
NARROW = 76
"""Columns below which a table becomes a list."""

P = ParamSpec("P")


class Format(StrEnum):
    """What is printed: text for people, or JSON for programs."""

    text = "text"
    json = "json"


class Stop(Exception):
    """The command cannot go on: what to tell, and the exit code."""

    def __init__(self, message: str, code: int = WRONG) -> None:
        super().__init__(message)
        self.code = code


def guarded(command: Callable[P, int]) -> Callable[P, None]:
    """A command that ends with its code, and with words instead of a traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
            sys.stdout.flush()
        except (NbaError, Stop) as error:
            complain(str(error))
            code = getattr(error, "code", WRONG)
        except BrokenPipeError:  # whoever read the output has stopped reading
            silence_stdout()
            code = CLOSED
        except KeyboardInterrupt:
            code = INTERRUPTED
        except OSError as error:  # what is read is contained where it is read, so this is what is written
            complain(f"the output cannot be written: {error.strerror or error}")
            silence_stdout()
            code = UNDECIDED
        except Exception as error:  # the last resort: a fault of ours is told, not thrown at the user
            if os.environ.get("NBA_TRACEBACK"):
                raise
            complain(f"nba itself failed: {type(error).__name__}: {str(error)[:500]}")
            say("Set NBA_TRACEBACK=1 to see where, and please report it.")
            code = UNDECIDED
        raise typer.Exit(code)

    return run


def silence_stdout() -> None:
    """Send what is still to be printed nowhere, so that the interpreter does not complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def clean(text: str) -> str:
    r"""A text without characters that would steer the terminal.

    >>> clean("a\x1b[31mb")
    'a�[31mb'
    """
    return "".join(of if of.isprintable() or of in "\n\t" else "�" for of in text)


def width(stream: TextIO | None = None) -> int:
    """The columns to fill: the terminal's, `COLUMNS`, or a fixed number where there is neither."""
    stream = stream or sys.stdout
    if os.environ.get("COLUMNS", "").isdigit() or stream.isatty():
        return max(20, min(shutil.get_terminal_size((WIDTH, 24)).columns, 160))
    return WIDTH


def draws(stream: TextIO | None = None) -> bool:
    """Whether lines can be drawn: in an encoding that has them."""
    return (getattr(stream or sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf")


def rendered(*parts: RenderableType, stream: TextIO | None = None) -> str:
    """What is shown, as the text for a stream: with colour only where it is a terminal and NO_COLOR is not set."""
    stream = stream or sys.stdout
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        force_terminal=True if stream.isatty() else None,
        width=width(stream),
        highlight=False,
        markup=False,
        emoji=False,
    )
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip(" ") for line in buffer.getvalue().split("\n"))


def show(*parts: RenderableType) -> None:
    """Print to stdout."""
    out(rendered(*parts))


def out(text: str) -> None:
    """Print a text to stdout as it is."""
    sys.stdout.write(text)


def out_json(text: str) -> None:
    """Print JSON to stdout, in UTF-8 whatever the terminal's encoding is."""
    sys.stdout.flush()
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        out(text + "\n")
        return
    buffer.write(text.encode("utf-8", errors="replace") + b"\n")
    buffer.flush()


def say(text: str, style: str = "") -> None:
    """Words for people, on stderr."""
    sys.stderr.write(_unfolded(Text(clean(text), style=style), sys.stderr))


def complain(text: str) -> None:
    """An error, on stderr."""
    say(text if text.startswith(("error", "ERROR")) else f"error: {text}", "red")


def plain(text: str, style: str = "") -> None:
    """Lines for stdout as they are, not folded, but without what would steer the terminal."""
    out(_unfolded(Text(clean(text).rstrip("\n"), style=style), sys.stdout))


def _unfolded(text: Text, stream: TextIO) -> str:
    """A text that is not folded to the width: errors have carets that stand under words."""
    buffer = io.StringIO()
    console = Console(file=buffer, force_terminal=True if stream.isatty() else None, highlight=False, width=100_000)
    console.print(text, soft_wrap=True)
    return buffer.getvalue()


def heading(text: str) -> Text:
    """The title of a part."""
    return Text(clean(text), style="bold")


def cell(text: object, style: str = "") -> Text:
    """A text that is shown as it is, whatever it holds."""
    return Text(clean(str(text)), style=style, overflow="fold")


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, styles: Sequence[str] = ()
) -> RenderableType:
    """Rows under a title; on a narrow terminal, each row as a short list. The last column takes what room is left."""
    styles = [*styles, *[""] * (len(columns) - len(styles))]
    found = [list(row) for row in rows]
    if width() < NARROW:
        return _listed(title, columns, found, styles)
    made = Table(
        title=heading(title),
        title_justify="left",
        title_style="",
        box=box.SIMPLE_HEAD if draws() else box.ASCII2,
        header_style="dim",
        pad_edge=False,
        show_edge=False,
        padding=(0, 2, 0, 0),
    )
    # A column is as wide as its longest word, but no more than a part of the whole, so that the last one has room.
    for number, (column, style) in enumerate(zip(columns, styles, strict=True)):
        last = number == len(columns) - 1
        made.add_column(
            column,
            style=style,
            overflow="fold",
            ratio=1 if last else None,
            max_width=None if last else width() * 2 // 5,
        )
    for row in found:
        made.add_row(*(of if isinstance(of, Text) else cell(of) for of in row))
    return Padding(made, (0, 0, 1, 0))


def _listed(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], styles: Sequence[str]
) -> RenderableType:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(style="dim", overflow="fold", max_width=max(8, width() // 3))
    grid.add_column(overflow="fold")
    for row in rows:
        shown = [of if isinstance(of, Text) else cell(of, style) for of, style in zip(row, styles, strict=True)]
        for column, of in zip(columns, shown, strict=True):
            if of.plain:
                grid.add_row(column, of)
        grid.add_row()
    return Group(heading(title), grid)
