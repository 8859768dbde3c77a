"""What was measured, as Markdown on the screen and in docs/benchmarks.md, and as a plot."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.contestants import Decide, Match
from tests.benchmarks.entering import CONTESTANTS
from tests.benchmarks.rivals import ZenArray

if TYPE_CHECKING:
    from tests.benchmarks.peers import Row

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, PLOT = DOCS / "benchmarks.md", DOCS / "benchmarks.svg"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


class Shown:
    """Prints what is measured as it comes, and keeps it for the page."""

    def __init__(self, rounds: int) -> None:
        self._parts: list[str] = []
        self._sizes: list[Row] = []
        self._rounds = rounds

    def size(self, row: Row) -> None:
        """Show all engines at one number of rules."""
        self._sizes.append(row)
        fastest = row.microseconds.get(ZenArray.name)
        lines = [f"{row.title}, {row.share:.1%} of them match", ""]
        for name, us in sorted(row.microseconds.items(), key=lambda of: of[1]):
            beside = f"{us / fastest:8.2f} x zen" if fastest else ""
            lines.append(f"  {name:40} {us:12,.1f} us {beside}")
        lines += [f"  {of.name:40} left out: {of.because}" for of in row.absent]
        print("\n".join([*lines, ""]), flush=True)

    def aside(self, title: str, rows: Sequence[Row]) -> None:
        """Show what one thing changes."""
        names = list(rows[0].microseconds)
        header = ["", *(row.title for row in rows)]
        body = [
            [name, *(_us(row.microseconds[name]) if name in row.microseconds else "" for row in rows)] for name in names
        ]
        body.append(["*matching rules*", *(f"{row.share:.1%}" for row in rows)])
        self._add(f"**{title}**", _table(header, body))

    def floors(self, found: Mapping[str, float]) -> None:
        """Show what reading costs."""
        rows = [[name, _us(us)] for name, us in found.items()]
        self._add("### Reading a profile, and deciding", _table(["42 fields, 100 rules", "µs a customer"], rows))

    def case(self, found: Mapping[str, float]) -> None:
        """Show zen-engine's own case."""
        title = "### zen-engine's own case"
        if not found:
            self._add(title, "zen-engine is not installed where this was measured.")
            return
        rows = [[name, _us(us), f"{us / found['nba']:.2f}"] for name, us in found.items()]
        self._add(title, _table(["`customer-eligibility-engine`", "µs", "to nba"], rows))

    def end(self, seconds: float) -> None:
        """Say how long it took."""
        print(f"{seconds:.0f} seconds in all", flush=True)

    def write(self) -> None:
        """Put it all into the page, between its two marks, and draw the plot."""
        page = PAGE.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        _, mark, after = rest.partition(END)
        if not mark:
            raise SystemExit(f"{PAGE} has no place for figures: {BEGIN} and {END}")
        text = "\n\n".join([self._where(), self._by_size(), self._absent(), "![](benchmarks.svg)", *self._parts])
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
        draw(self._sizes, PLOT)
        print(f"written: {PAGE} and {PLOT}")

    def _add(self, title: str, text: str) -> None:
        print(f"{title}\n\n{text}\n", flush=True)
        self._parts.append(f"{title}\n\n{text}")

    def _where(self) -> str:
        versions = sorted(
            {of.release() for of in CONTESTANTS if any(of.name in row.microseconds for row in self._sizes)}
        )
        return (
            f"Measured on {datetime.now(UTC):%-d %B %Y} with CPython {sys.version.split()[0]} on {_processor()}; "
            f"medians of {self._rounds} rounds in one process (a third of them at 10,000 rules), "
            f"microseconds of processor time a customer. Versions: {', '.join(versions)}."
        )

    def _by_size(self) -> str:
        names = {name: None for row in self._sizes for name in row.microseconds}
        last = self._sizes[min(1, len(self._sizes) - 1)].microseconds  # sorted by what all can be measured at
        rows = []
        for name in sorted(names, key=lambda of: last.get(of, float("inf"))):
            cells: list[str] = []
            for row in self._sizes:
                us, zen = row.microseconds.get(name), row.microseconds.get(ZenArray.name)
                cells.append("" if us is None else _us(us) + (f" ({_ratio(us / zen)})" if zen else ""))
            shown = f"**{name}**" if name in (Decide.name, Match.name) else name
            rows.append([shown, *cells])
        shares = [f"*{row.share:.1%}*" for row in self._sizes]
        header = ["µs a customer (to zen's array)", *(row.title for row in self._sizes)]
        return _table(header, [*rows, ["*matching rules*", *shares]])

    def _absent(self) -> str:
        said: dict[tuple[str, str], None] = dict.fromkeys(
            (of.name, of.because) for row in self._sizes for of in row.absent
        )
        left = "; ".join(f"{name}: {because}" for name, because in said)
        return f"An empty cell was not measured. {left}." if left else ""


def draw(rows: Sequence[Row], path: Path) -> None:
    """Time against the number of rules, both on logarithmic scales."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams |= {"svg.hashsalt": "nba", "svg.fonttype": "none", "font.family": "sans-serif"}
    figure, axes = plt.subplots(figsize=(9, 5.6), layout="constrained")
    names = {name: None for row in rows for name in row.microseconds}
    ends: list[tuple[float, float, str, Any]] = []
    for name in names:
        points = [(row.rules, row.microseconds[name]) for row in rows if name in row.microseconds]
        x, y = zip(*points, strict=True)
        mine = name.startswith("nba")
        style = {"linewidth": 2.6, "zorder": 3} if mine else {"linewidth": 1.2}
        (line,) = axes.plot(x, y, marker="o", markersize=4, linestyle="--" if "durable" in name else "-", **style)
        ends.append((x[-1], y[-1], name, line.get_color()))
    axes.set(xscale="log", yscale="log", xlabel="rules", ylabel="microseconds a customer")
    axes.grid(visible=True, which="major", color="#dddddd")
    axes.spines[["top", "right"]].set_visible(False)
    _name_lines(axes, ends)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _name_lines(axes: Any, ends: Iterable[tuple[float, float, str, Any]]) -> None:
    """The names at the right, each at the height of its line's end, moved apart where they would meet."""
    import math

    low, high = (math.log10(of) for of in axes.get_ylim())
    step = (high - low) / 24
    right, below = axes.get_xlim()[1], -math.inf
    for x, y, name, colour in sorted(ends, key=lambda of: of[1]):
        below = max(math.log10(y), below + step)
        axes.annotate(
            name,
            (x, y),
            xytext=(right * 1.3, 10**below),
            textcoords="data",
            va="center",
            fontsize=8,
            color=colour,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.5, "alpha": 0.5},
            fontweight="bold" if name.startswith("nba") else "normal",
        )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} cores of {names[0]}" if names else platform.machine()


def _us(us: float) -> str:
    return f"{us:,.0f}" if us >= 100 else f"{us:.1f}"


def _ratio(of: float) -> str:
    return f"{of:,.0f}" if of >= 10 else f"{of:.2g}" if of < 1 else f"{of:.1f}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(of)} |" for of in lines)
