"""How long rules take from YAML to an orchestrator that decides, part by part, and what they keep in memory.

    python tests/benchmarks/bench_loading.py [times] [memory] [SIZE ...]

Seconds are of the processor, the least of a few rounds, each size in a process of its own; memory is what the process
has grown by since the modules of the library were imported.

    python tests/benchmarks/bench_loading.py write FOLDER SIZE [one]
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

PACKS = ("service", "sales", "marketing", "logistics", "billing", "retention", "health", "partners")
SIZES = (10, 100, 1_000, 10_000)
RULES_A_FILE = 50
TIERS = ("obligation", "recovery", "care", "retention", "adoption", "growth")
CHANNELS = ("email", "sms", "phone", "post", "app", "web", "branch")
TAGS = ("human", "offer", "credit", "renewal", "cross_sell", "survey", "reminder", "gift", "advice", "paper")
LEVELS = ("low", "medium", "high", "critical")


def schema() -> dict[str, Any]:
    """Forty-two fields in six sections, of every kind that rules read."""
    sections: dict[str, Any] = {}
    for section in ("account", "usage", "contact", "risk", "contract", "home"):
        sections[section] = {
            "title": section,
            "type": "object",
            "properties": {
                "amount": {"type": "number"},
                "count": {"type": "integer", "minimum": 0},
                "active": {"type": "boolean"},
                "level": {"type": "string", "enum": list(LEVELS), "x-ordered": True},
                "kind": {"type": "string"},
                "since": {"type": "string", "format": "date"},
                "events": {
                    "type": "array",
                    "items": {
                        "title": f"{section}_event",
                        "type": "object",
                        "properties": {
                            "status": {"type": "string", "enum": ["open", "closed"]},
                            "level": {"type": "string", "enum": list(LEVELS), "x-ordered": True},
                            "value": {"type": "number"},
                        },
                    },
                },
            },
        }
    return {"title": "customer", "type": "object", "properties": sections}


class Writer:
    """Writes one pack's entries; the same for the same seed."""

    def __init__(self, pack: str, rng: Random) -> None:
        self.pack, self.rng = pack, rng
        self.signals: list[str] = []
        self.actions: list[str] = []

    def leaf(self) -> str:
        """One comparison, as rules have them."""
        rng, of = self.rng, self.rng.choice(("account", "usage", "contact", "risk", "contract", "home"))
        number = rng.randrange(1, 2000)
        return rng.choice(
            [
                f"{of}.amount >= {number}",
                f"{of}.amount < {number / 10}",
                f"{of}.count > {number % 40}",
                f"{number % 50} <= {of}.count < {number % 50 + 20}",
                f"{of}.active",
                f"not {of}.active",
                f'{of}.level == "{rng.choice(LEVELS)}"',
                f'{of}.level in ["high", "critical"]',
                f'{of}.level >= "medium"',
                f'{of}.kind == "kind {number % 30}"',
                f"days_since({of}.since) > {number % 365}",
                f"{of}.since is missing",
                f"default({of}.amount, 0) * 2 > {number}",
                f'any(e.level == "{rng.choice(LEVELS)}" for e in {of}.events if e.status == "open")',
                f'count(e for e in {of}.events if e.status == "open") >= {number % 4 + 1}',
                "value > settings.least",
                *([f"{self.pack}.{rng.choice(self.signals)}"] if self.signals else []),
            ]
        )

    def when(self, indent: str) -> str:
        """Three to five comparisons: in a line, or in a list."""
        leaves = [self.leaf() for _ in range(self.rng.randrange(3, 6))]
        if self.rng.random() < 0.5:
            return self.line(leaves)
        junction = self.rng.choice(("all", "all", "any"))
        return f"\n{indent}  {junction}:\n" + "\n".join(f"{indent}    - {quoted(leaf)}" for leaf in leaves)

    def line(self, leaves: list[str]) -> str:
        first, *rest = leaves
        junction = self.rng.choice((" and ", " or "))
        return f" {quoted(f'{first} and ({junction.join(rest)})')}"

    def signal(self, name: str) -> str:
        """A signal: a condition, a value, or a choice."""
        kind = self.rng.random()
        if kind < 0.6:
            when = quoted(f"{self.leaf()} and {self.leaf()}")
            self.signals.append(name)  # only now, as no signal may read itself
            return f"  {name}:\n    when: {when}\n    because: it matters here\n"
        if kind < 0.8:
            return f"  {name}: {{value: account.amount + usage.amount * {self.rng.randrange(9)}}}\n"
        return (
            f"  {name}:\n    first_of:\n      - {{when: {quoted(self.leaf(), flow=True)}, is: urgent}}\n"
            f"      - {{is: normal}}\n"
        )

    def action(self, name: str) -> str:
        """An action, some for each of a list's items."""
        rng = self.rng
        self.actions.append(name)
        lines = [f"  {name}:", f"    title: Do what {name.replace('_', ' ')} says", f"    tier: {rng.choice(TIERS)}"]
        lines.append(f"    channels: [{', '.join(rng.sample(CHANNELS, rng.randrange(1, 4)))}]")
        lines.append(f"    tags: [{', '.join(rng.sample(TAGS, rng.randrange(0, 3)))}]")
        if rng.random() < 0.5:
            lines.append(f'    propensity: default(propensities["{self.pack}.{name}"], {rng.randrange(1, 99) / 100})')
        if rng.random() < 0.3:
            lines.append(f"    value: default(account.amount, {rng.randrange(100)})")
        if rng.random() < 0.3:
            lines.append(f'    payload: {{amount: account.amount, text: "Hello {{name}}, number {rng.randrange(99)}"}}')
        return "\n".join(lines) + "\n"

    def rule(self, name: str) -> str:
        """A rule: mostly a proposal, else a guard, a requirement, a weight, a message, or a table."""
        rng, kind = self.rng, self.rng.random()
        head = f"  - id: {name}\n"
        when, because = f"    when:{self.when('    ')}\n", f"    because: this is why {name.replace('_', ' ')} holds\n"
        if kind < 0.6:
            return f"{head}{when}    propose: {rng.choice(self.actions)}\n{because}"
        if kind < 0.75:
            selector = rng.choice(
                [f"tier: {rng.choice(TIERS)}", f"tag: {rng.choice(TAGS)}", "tier: growth, channel: [phone, sms]"]
            )
            but = f"    except: {{tag: {rng.choice(TAGS)}}}\n" if rng.random() < 0.3 else ""
            return f"{head}{when}    block: {{{selector}}}\n{but}{because}"
        if kind < 0.8:
            return f"{head}    for: {{tag: {rng.choice(TAGS)}}}\n    require:{self.when('    ')}\n{because}"
        if kind < 0.85:
            by = rng.randrange(1, 40) / 10
            return f"{head}{when}    weigh: {{select: {{tag: {rng.choice(TAGS)}}}, by: {by}}}\n{because}"
        if kind < 0.9:
            return f'{head}{when}    notify: {{department: {self.pack}, message: "Look at {{id}}: {name}"}}\n'
        rows = "".join(
            f"        - {{id: row_{row}, amount: {row * 10}..{row * 10 + 9}, "
            f"level: {rng.choice(('high | critical', '-'))}, "
            f"propose: {rng.choice(self.actions)}, because: row {row} holds}}\n"
            for row in range(4)
        )
        return f"{head}    table:\n      inputs: {{amount: account.amount, level: risk.level}}\n      rows:\n{rows}"


def quoted(text: str, *, flow: bool = False) -> str:
    """The text as YAML: in quotes where it needs them."""
    return f"'{text}'" if flow or text[0] in "\"'[{" or ": " in text else text


def texts(count: int, packs: tuple[str, ...], seed: int = 7) -> Iterator[tuple[str, str]]:
    """The YAML of so many rules, pack by pack, in files of fifty rules: half as many actions, a signal for each ten."""
    for number, pack in enumerate(packs):
        rules = count // len(packs) + (number < count % len(packs))
        if not rules:
            continue
        writer = Writer(pack, Random(f"{seed} {pack}"))
        signals = "".join(writer.signal(f"signal_{of}") for of in range(max(1, rules // 10)))
        actions = "".join(writer.action(f"action_{of}") for of in range(max(2, rules // 2)))
        head = f"pack: {pack}\n"
        yield (
            f"{pack}/pack.yaml",
            (
                f"{head}title: The {pack} department\n"
                f"settings:\n  least: {{type: integer, default: 10, min: 0}}\nsignals:\n{signals}"
            ),
        )
        yield f"{pack}/actions.yaml", f"{head}actions:\n{actions}"
        for first in range(0, rules, RULES_A_FILE):
            some = range(first, min(first + RULES_A_FILE, rules))
            yield f"{pack}/rules_{first}.yaml", f"{head}rules:\n" + "".join(writer.rule(f"rule_{of}") for of in some)


def write(folder: Path, count: int, *, one_file: bool = False, seed: int = 7) -> Path:
    """Write a folder of so many rules, with a house and a schema: eight packs in many files, or one pack in one."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "profile.schema.json").write_text(json.dumps(schema()))
    (folder / "house.yaml").write_text(
        "house: bench\nprofile: profile.schema.json\ntimezone: Europe/Helsinki\nconsent: {growth: marketing}\n"
        f"vocabulary: {{tags: [{', '.join(TAGS)}], channels: [{', '.join(CHANNELS)}]}}\n"
        'laws:\n  - id: no_selling_in_trouble\n    given: account.level == "critical"\n    never: {tier: growth}\n'
        "    because: help first\n"
    )
    if one_file:
        written = [text.removeprefix("pack: all_of_it\n") for _, text in texts(count, ("all_of_it",), seed)]
        first, actions, *rules = written
        (folder / "all.yaml").write_text(
            "pack: all_of_it\n" + first + actions + "rules:\n" + "".join(of.removeprefix("rules:\n") for of in rules)
        )
        return folder
    for name, text in texts(count, PACKS, seed):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


class Clock:
    """Seconds of the processor spent in functions, by the name of a part."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def around(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed."""

        def timed(*arguments: Any, **named: Any) -> Any:
            start = time.process_time()
            try:
                return function(*arguments, **named)
            finally:
                self.spent[part] = self.spent.get(part, 0.0) + time.process_time() - start

        return timed


def parts(folder: Path) -> dict[str, float]:
    """One load, part by part."""
    import nba
    from nba import loading
    from nba.ruleset import build, gathering

    clock = Clock()
    places: list[tuple[Any, str, str]] = [
        (loading, "read", "parse"),
        (loading, "validate", "validate"),
        (loading, "build", "build"),
        (gathering, "canonical", "canonical"),
        (build, "fingerprint", "hash"),
        (loading, "Orchestrator", "orchestrator"),
    ]
    kept = [(module, name, getattr(module, name)) for module, name, _ in places]
    for module, name, part in places:
        setattr(module, name, clock.around(part, getattr(module, name)))
    try:
        clock.around("all", nba.load)(folder)
    finally:
        for module, name, function in kept:
            setattr(module, name, function)
    clock.spent["build"] -= clock.spent["hash"]
    clock.spent["hash"] += clock.spent.pop("canonical")
    return clock.spent


def memory(folder: Path) -> dict[str, float]:
    """What the process has grown by in MB: by an orchestrator; its share that Python knows of is measured apart."""
    import nba

    _ = nba.load  # `import nba` alone reads little: what it takes to load is no part of the rules

    gc.collect()
    before = resident()
    orchestrator = nba.load(folder)
    gc.collect()
    found = {"grown": resident() - before, "peak": peak() - before}
    del orchestrator
    return found


def cached(folder: Path) -> dict[str, float]:
    """The same from a cache, which is written before in a process of its own."""
    import nba

    _ = nba.load  # `import nba` alone reads little: what it takes to load is no part of the rules

    kept = folder.with_name(f"{folder.name} cache")
    if not kept.exists():
        subprocess.run([sys.executable, __file__, "measure", "cached", str(folder), "write"], check=True)
    gc.collect()
    before, start = resident(), time.process_time()
    orchestrator = nba.load(folder, cache=kept)
    seconds = time.process_time() - start
    gc.collect()
    found = {"all": seconds, "grown": resident() - before, "peak": peak() - before}
    del orchestrator
    return found


def traced(folder: Path) -> dict[str, float]:
    """What Python has allocated for a ruleset, and for an orchestrator, in MB."""
    import nba
    from nba.loading import load_rules

    nba.load(nba.shipped("house"))
    tracemalloc.start()
    rules = load_rules(folder).built.ruleset
    gc.collect()
    ruleset = tracemalloc.get_traced_memory()[0] / 1e6
    del rules
    gc.collect()
    left = tracemalloc.get_traced_memory()[0] / 1e6
    orchestrator = nba.load(folder)
    gc.collect()
    found = {"ruleset": ruleset - left, "orchestrator": tracemalloc.get_traced_memory()[0] / 1e6 - left}
    del orchestrator
    return found


def resident() -> float:
    """Megabytes of this process in memory; only on Linux."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def peak() -> float:
    """The most megabytes that this process has had in memory."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


MEASURES: dict[str, Callable[[Path], dict[str, float]]] = {
    "parts": parts,
    "memory": memory,
    "traced": traced,
    "cached": cached,
}


def apart(measure: str, folder: Path, rounds: int = 1) -> dict[str, float]:
    """The least that a measure finds over rounds, each in a process of its own."""
    found: list[dict[str, float]] = []
    for _ in range(rounds):
        done = subprocess.run(
            [sys.executable, __file__, "measure", measure, str(folder)], check=True, capture_output=True, text=True
        )
        found.append(json.loads(done.stdout))
    return min(found, key=lambda of: of.get("all", 0.0))


def main(arguments: list[str]) -> None:
    match arguments:
        case ["measure", measure, folder]:
            print(json.dumps(MEASURES[measure](Path(folder))))
            return
        case ["measure", "cached", folder, "write"]:
            import nba

            nba.load(folder, cache=Path(folder).with_name(f"{Path(folder).name} cache"))
            return
        case ["write", folder, size, *one]:
            write(Path(folder), int(size), one_file=bool(one))
            return
    wanted = [of for of in arguments if not of.isdigit()] or ["times", "memory"]
    sizes = [int(of) for of in arguments if of.isdigit()] or list(SIZES)
    with tempfile.TemporaryDirectory() as root:
        folders = [
            (size, form, write(Path(root) / f"{size} {form}", size, one_file=form == "one"))
            for size in sizes
            for form in ("many", "one")
        ]
        if "times" in wanted:
            columns = ("parse", "validate", "build", "hash", "orchestrator", "all", "from cache")
            print(f"| rules | files | {' | '.join(columns)} |\n| ---: | --- |{' ---: |' * len(columns)}")
            for size, form, folder in folders:
                rounds = 3 if size <= 1000 else 1
                found = apart("parts", folder, rounds)
                found["from cache"] = apart("cached", folder, rounds)["all"]
                print(f"| {size:,} | {form} | {' | '.join(f'{found[of]:.3f}' for of in columns)} |", flush=True)
        if "memory" in wanted:
            print("| rules | files | MB grown | at most | from cache | at most |\n| ---: | --- |" + " ---: |" * 4)
            for size, form, folder in folders:
                kept = apart("cached", folder)
                found = apart("memory", folder) | {"kept": kept["grown"], "kept peak": kept["peak"]}
                columns = ("grown", "peak", "kept", "kept peak")
                print(f"| {size:,} | {form} | {' | '.join(f'{found[of]:.1f}' for of in columns)} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
