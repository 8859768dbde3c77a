"""What was measured, as Markdown on the screen and in docs/benchmarks.md, and as a plot."""

from __future__ import annotations

import itertools
import math
import platform
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.contestants import Decide, Match
from tests.benchmarks.entering import CONTESTANTS
from tests.benchmarks.rivals import ZenArray

if TYPE_CHECKING:
    from tests.benchmarks.peers import Row

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, PLOT = DOCS / "benchmarks.md", DOCS / "benchmarks.svg"
_PICTURE = "![Microseconds a customer against the number of rules, by engine](benchmarks.svg)"
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
        first = "" if self._parts else "### What else there is, at 100 rules\n\n"
        self._add(f"{first}**{title}**", _table(header, body))

    def floors(self, found: Mapping[str, float]) -> None:
        """Show what reading costs."""
        rows = [[name, _us(us)] for name, us in found.items()]
        self._add("### Reading a profile, and deciding", _table(["42 fields, 100 rules", "µs a customer"], rows))

    def anatomy(self, found: Mapping[str, float]) -> None:
        """Show where the time of a decision goes."""
        whole = sum(found.values())
        rows = [[name, _us(us), f"{us / whole:.0%}"] for name, us in found.items()]
        self._add(
            "### Where the time of a decision goes",
            _table(["42 fields, 100 rules", "µs", "of all"], [*rows, ["**all**", _us(whole), ""]]),
        )

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
        parts = [self._where(), "### By the number of rules", self._by_size(), self._absent(), _PICTURE, *self._parts]
        text = "\n\n".join(part for part in parts if part)
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
        return _folded(
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
        return _folded(f"An empty cell was not measured. {left}.") if left else ""


def draw(rows: Sequence[Row], path: Path) -> None:
    """Time against the number of rules, both on logarithmic scales; nba in blue."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams |= {"svg.hashsalt": "nba", "svg.fonttype": "path", "font.size": 9}
    figure, axes = plt.subplots(figsize=(9.5, 6.2))
    figure.subplots_adjust(left=0.1, right=0.72, top=0.97, bottom=0.09)
    names = list({name: None for row in rows for name in row.microseconds})
    colours = iter(plt.get_cmap("Dark2").colors + plt.get_cmap("Set1").colors)
    last = max(row.rules for row in rows)
    ends: dict[str, tuple[float, str]] = {}
    for name in names:
        x, y = zip(*((row.rules, row.microseconds[name]) for row in rows if name in row.microseconds), strict=True)
        mine = name.startswith("nba")
        colour = mpl.colors.to_hex(("#7da5f5" if "durable" in name else "#0b4fd8") if mine else next(colours))
        look = {"linewidth": 2.4, "zorder": 3} if mine else {"linewidth": 1.1}
        line = ":" if mine and "matching" in name else "--" if "durable" in name else "-"
        axes.plot(x, y, marker="o", markersize=4 if mine else 3, linestyle=line, color=colour, **look)
        if x[-1] == last:
            ends[name] = (math.log10(y[-1]), colour)
        else:  # it goes no further, so its name is where it ends
            box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1}
            place = {"xytext": (0, 8), "textcoords": "offset points", "ha": "center"}
            axes.annotate(name, (x[-1], y[-1]), color=colour, fontsize=8, bbox=box, zorder=4, **place)
    axes.set(xscale="log", yscale="log", xlabel="rules", ylabel="microseconds of processor time a customer")
    axes.set_xlim(right=last * 1.15)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:,.0f}")
    axes.grid(visible=True, which="major", color="#dddddd")
    axes.spines[["top", "right"]].set_visible(False)
    low, high = (math.log10(of) for of in axes.get_ylim())
    heights = _apart([height for height, _ in ends.values()], (high - low) / 30)
    for (name, (end, colour)), height in zip(ends.items(), heights, strict=True):
        axes.plot([last * 1.1, last * 1.5], [10**end, 10**height], color=colour, linewidth=0.6, clip_on=False)
        weight = "bold" if name.startswith("nba") else "normal"
        axes.text(last * 1.6, 10**height, name, color=colour, va="center", fontweight=weight)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    # Lines of an SVG end in blanks, which nobody wants in a repository.
    path.write_text("\n".join(map(str.rstrip, path.read_text().splitlines())) + "\n", encoding="utf-8")


def _apart(heights: Sequence[float], step: float) -> list[float]:
    """The heights, moved no more than it takes for no two to be closer than a step."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    found = list(heights)
    for _ in range(500):
        for below, above in itertools.pairwise(order):
            short = step - (found[above] - found[below])
            if short > 1e-6:
                found[below] -= short / 2
                found[above] += short / 2
    return found


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} cores of {names[0]}" if names else platform.machine()


def _folded(text: str) -> str:
    return textwrap.fill(text, 130, break_long_words=False, break_on_hyphens=False)


def _us(us: float) -> str:
    return f"{us:,.0f}" if us >= 100 else f"{us:.1f}"


def _ratio(of: float) -> str:
    return f"{of:,.0f}" if of >= 10 else f"{of:.2g}" if of < 1 else f"{of:.1f}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(of)} |" for of in lines)
