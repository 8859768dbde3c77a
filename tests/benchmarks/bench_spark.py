"""Decisions on a Spark cluster of this machine: rows a second, start-up, and the memory of the Python workers.

    python tests/benchmarks/bench_spark.py [ROWS] [RULES] [EXECUTORS ...]

The executors are processes of their own with one core each (`local-cluster`). Needs `nba[spark]` and Java.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")  # of pandas, which PySpark knows no newer version of
os.environ["PYSPARK_PYTHON"] = sys.executable
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
sys.path.insert(0, str(Path(__file__).parent))

import pyarrow.parquet as pq  # noqa: E402 - Spark reads the environment when it is imported
from bench_columns import AS_OF, customers, write  # noqa: E402

from nba.batch.frames import CHUNK  # noqa: E402
from nba.batch.spark import Rules, decide  # noqa: E402

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(CHUNK),
    "spark.sql.files.maxPartitionBytes": str(16 << 20),
}
EXECUTING = ("pyspark.daemon", "CoarseGrainedExecutorBackend")


class Memory(threading.Thread):
    """The most memory that a Python worker, and all of them together, have been seen to hold, in MB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.one = self.all = self.count = 0

    def run(self) -> None:
        while True:
            sizes = [of for folder in Path("/proc").iterdir() if (of := _size(folder))]
            self.one, self.all = max([self.one, *sizes]), max(self.all, sum(sizes))
            self.count = max(self.count, len(sizes))
            time.sleep(0.2)


def _read(process: Path, command: str, file: str) -> str:
    """A file about a process, if the process has this command."""
    try:
        return (process / file).read_text() if command in (process / "cmdline").read_text() else ""
    except (OSError, ValueError):
        return ""


def _size(process: Path) -> int:
    """The MB of a Python worker of Spark; 0 for any other process."""
    status = _read(process, "pyspark.daemon", "status")
    return next((int(of.split()[1]) // 1024 for of in status.splitlines() if of.startswith("VmRSS")), 0)


def _processor(command: str) -> float:
    """The seconds of processor time that processes with this command have taken."""
    found = [_read(process, command, "stat").rpartition(")")[2].split() for process in Path("/proc").iterdir()]
    return sum(int(of[11]) + int(of[12]) for of in found if of) / os.sysconf("SC_CLK_TCK")


def measure(rows: int, rules: int, executors: int, folder: Path) -> dict[str, Any]:
    from pyspark.sql import SparkSession

    memory = Memory()
    memory.start()
    start = time.perf_counter()
    builder = SparkSession.builder.master(f"local-cluster[{executors},1,1024]")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    session = time.perf_counter() - start

    def run() -> float:
        begin = time.perf_counter()
        frame = spark.read.parquet(str(folder / "customers"))
        decide(frame, Rules.read(folder / "rules"), as_of=AS_OF).write.format("noop").mode("overwrite").save()
        return time.perf_counter() - begin

    first = run()
    before = [_processor(of) for of in EXECUTING]
    again = run()
    python, java = (_processor(of) - was for of, was in zip(EXECUTING, before, strict=True))
    acting = decide(spark.read.parquet(str(folder / "customers")), Rules.read(folder / "rules"), as_of=AS_OF)
    counted = acting.where("outcome = 'action'").count()
    spark.stop()
    return {
        "executors": executors,
        "rules": rules,
        "rows": rows,
        "session s": round(session, 1),
        "first run s": round(first, 1),
        "warm run s": round(again, 1),
        "rows a second (warm)": round(rows / again),
        "us of cpu a row in Python": round(python / rows * 1e6, 2),
        "us of cpu a row in Java": round(java / rows * 1e6, 2),
        "acting": counted,
        "python processes": memory.count,
        "largest python process MB": memory.one,
        "all python processes MB": memory.all,
        "load of the machine": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    rules = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for made in ("rules", "customers"):
            (folder / made).mkdir()
        write(folder / "rules", rules)
        for part, at in enumerate(range(0, rows, 4 * CHUNK)):
            batch = customers(min(4 * CHUNK, rows - at), seed=part)
            with pq.ParquetWriter(folder / "customers" / f"{part}.parquet", batch.schema) as writer:
                writer.write_batch(batch)
        for executors in map(int, sys.argv[3:] or ("1", "2")):
            arguments = [sys.executable, __file__, "--one", str(rows), str(rules), str(executors), name]
            print(subprocess.run(arguments, check=True, stdout=subprocess.PIPE, text=True).stdout, end="", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(*map(int, sys.argv[2:5]), folder=Path(sys.argv[5]))))
    else:
        main()
