"""Pages of documentation as their tests read them: fenced blocks, tables, and the folder that a page's files make.

`python -m tests.pages` writes into the pages what the commands on them print now; look at the difference before
you keep it.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("plugins/*/README.md"))]
_FENCE = re.compile(
    r"^```(?P<language>\w*)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: Path
    line: int
    language: str
    title: str | None
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(page, text.count("\n", 0, match.start()) + 1, match["language"], match["title"], match["text"])
        for match in _FENCE.finditer(text)
    ]


def tables(page: Path, *header: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows, with their lines, of the tables with this header."""
    inside = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        cells = tuple(cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1])
        if cells == header:
            inside = True
        elif not cells:
            inside = False
        elif inside and not set(cells[0]) <= set("-: "):
            yield number, cells


def shows_rules(page: Path) -> bool:
    """Whether the files that a page shows are a whole rules folder with its cases."""
    return any(block.title and block.text.startswith("cases:") for block in blocks(page))


def write_files(page: Path, folder: Path) -> Path:
    """The folder with each YAML block of the page and each block that is titled with a file's name."""
    for block in blocks(page):
        if block.title is not None or block.language == "yaml":
            file = folder / (block.title or f"block-{block.line}.yaml")
            assert not file.exists(), f"{block}: the page has this file already"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Command:
    """A `$ nba ...` or `$ pytest ...` of a `console` block, and its output; `...` stands for what is left out."""

    block: Block
    written: str
    output: str

    def __str__(self) -> str:
        return f"{self.block}: {self.words[:3]}"

    @property
    def words(self) -> list[str]:
        return shlex.split(self.written.replace("\\\n", " "))


def commands(page: Path) -> list[Command]:
    found = []
    for block in blocks(page):
        if block.language == "console":
            for part in re.split(r"^\$ (?=(?:nba|pytest) )", block.text, flags=re.MULTILINE)[1:]:
                match = re.fullmatch(r"((?:[^\n]*\\\n)*[^\n]*\n)(.*)", part, re.DOTALL)
                assert match is not None, f"{block}: a command ends with its line"
                found.append(Command(block, match[1], match[2]))
    return found


def run(command: Command, folder: Path) -> str:
    """What a command prints: in a folder with the files of its page, if it shows rules, else in the repository."""
    where = write_files(command.block.page, folder) if shows_rules(command.block.page) else ROOT
    name, *options = command.words
    program = ["-m", "pytest"] if name == "pytest" else ["-c", "from nba.cli import main; main()"]
    ran = subprocess.run(
        [sys.executable, *program, *options],
        cwd=where,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100", "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    return re.sub(r"[ \t]+$", "", ran.stdout + ran.stderr, flags=re.MULTILINE).strip() + "\n"


def _refresh(page: Path) -> None:
    for command in commands(page):
        if "..." not in command.output:
            with tempfile.TemporaryDirectory() as folder:
                printed = run(command, Path(folder))
            text = page.read_text(encoding="utf-8")
            page.write_text(
                text.replace(f"$ {command.written}{command.output}", f"$ {command.written}{printed}"), encoding="utf-8"
            )


if __name__ == "__main__":
    for page in PAGES:
        _refresh(page)
