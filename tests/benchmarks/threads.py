"""Many threads on one orchestrator: what one thread decides, eight decide, and no memory is kept.

    python tests/benchmarks/threads.py [DECISIONS]

Prints how fast, and how much memory; exits 1 when a decision differs. 200,000 decisions unless told otherwise.
"""

from __future__ import annotations

import gc
import itertools
import json
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import nba

THREADS = 8
AS_OF = "2026-11-22T09:00:00Z"
DEALER = Path(__file__).resolve().parents[2] / "rulesets" / "car-dealer"
CONTEXT = {"stock": {"loaner": 2}, "campaigns": [{"id": "winter", "active": True}]}


def dealer_profiles() -> list[dict[str, object]]:
    """Different customers of the car dealer: the story's, and those that differ from them in one thing or several."""
    found: list[dict[str, object]] = [{"id": "nobody"}, {"id": "calm", "service": {"cases": []}}]
    for path in sorted((DEALER / "profiles").glob("*.json")):
        story = json.loads(path.read_text(encoding="utf-8"))
        choices = itertools.product(("low", "high", None), ("open", "resolved"), (0, 3), (1, 5, None), (500, 50_000))
        for severity, status, reopenings, satisfaction, value in choices:
            profile = json.loads(json.dumps(story)) | {"id": f"{path.stem}-{len(found)}", "value": value}
            for case in profile.get("service", {}).get("cases", ()):
                case |= {"severity": severity, "status": status, "reopenings": reopenings, "satisfaction": satisfaction}
            found.append(profile)
    return found


def glance(decision: nba.Decision) -> tuple[object, ...]:
    """What can be compared of each decision without rendering all of it."""
    return decision.outcome, tuple((of.action, of.key, of.channel, of.score) for of in decision.actions)


@dataclass(frozen=True)
class Answers:
    """What one thread decides, by profile."""

    glances: list[tuple[object, ...]]
    texts: list[str]


@dataclass
class Run:
    """What many threads did."""

    decisions: int
    rendered: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


def alone(orchestrator: nba.Orchestrator, profiles: Sequence[object], context: object) -> Answers:
    """Decide for each profile, one after the other."""
    decisions = [orchestrator.decide(profile, as_of=AS_OF, context=context, limit=3) for profile in profiles]
    return Answers([glance(of) for of in decisions], [of.to_json() for of in decisions])


def together(
    orchestrator: nba.Orchestrator,
    profiles: Sequence[object],
    context: object,
    answers: Answers,
    decisions: int,
    *,
    threads: int = THREADS,
    every: int = 50,
) -> Run:
    """Decide so many times in threads that start at once, each in an order of its own; compare all with the answers.

    Every so many decisions, and at the first of each thread, the whole JSON is compared.
    """
    share = decisions // threads
    run = Run(share * threads)
    start = threading.Barrier(threads + 1)
    lock = threading.Lock()

    def work(number: int) -> None:
        random = Random(number)
        wrong: list[str] = []
        rendered = 0
        start.wait()
        try:
            for turn in range(share):
                index = random.randrange(len(profiles))
                decision = orchestrator.decide(profiles[index], as_of=AS_OF, context=context, limit=3)
                if glance(decision) != answers.glances[index]:
                    wrong.append(f"thread {number}, turn {turn}: {glance(decision)}, alone {answers.glances[index]}")
                elif turn % every == 0:
                    rendered += 1
                    if decision.to_json() != answers.texts[index]:
                        wrong.append(f"thread {number}, turn {turn}: profile {index} reads differently")
        except Exception as error:  # a thread that dies in silence would pass for one that agrees
            wrong.append(f"thread {number}: {error!r}")
        with lock:
            run.wrong += wrong
            run.rendered += rendered

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    start.wait()
    began = time.perf_counter()
    for worker in workers:
        worker.join()
    run.seconds = time.perf_counter() - began
    return run


def resident() -> float | None:
    """The memory of this process in MB; None where the system does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.is_file() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), None)


def main(decisions: int) -> int:
    profiles = dealer_profiles()
    answers = alone(nba.load(DEALER), profiles, CONTEXT)
    orchestrator = nba.load(DEALER)
    wrong: list[str] = []
    single = together(orchestrator, profiles, CONTEXT, answers, decisions // 20, threads=1)
    print(f"{len(profiles)} different profiles, {THREADS} threads, Python {sys.version.split()[0]}")
    print(f"one thread: {single.decisions / single.seconds:,.0f} decisions a second")
    for part in range(5):
        run = together(orchestrator, profiles, CONTEXT, answers, decisions // 5)
        wrong += run.wrong
        gc.collect()
        memory = resident()
        shown = "not known" if memory is None else f"{memory:.1f} MB"
        speed = f"{run.decisions:,} decisions, {run.decisions / run.seconds:,.0f} a second"
        print(f"{part + 1}/5: {speed}; {run.rendered:,} compared as JSON; {len(run.wrong)} differ; memory {shown}")
    print(*wrong[:10], sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000))
