"""A script that decides on a Spark cluster, and prints what came of it as JSON; run by `test_spark.py`.

python tests/batch/on_spark.py MASTER ROWS
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from typing import Any

warnings.simplefilter("ignore")  # of pandas, which PySpark knows no newer version of
os.environ["PYSPARK_PYTHON"] = sys.executable
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"

import nba  # noqa: E402 - Spark reads the environment when it is imported
from nba.batch.spark import Rules, decide  # noqa: E402

AS_OF = "2026-11-22T09:00:00Z"
DEALER = nba.shipped("car-dealer")


def customers(rows: int) -> list[tuple[Any, ...]]:
    """Some with an open case, some without, some whose data is no profile."""
    cases = ([("K1", "open", "high")], [], None)
    return [(f"C-{of}", float("nan") if of % 7 == 0 else 1.0 * of, (cases[of % 3],)) for of in range(rows)]


def main(master: str, rows: int) -> None:
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "3",
        "spark.sql.session.timeZone": "UTC",
    }
    builder = SparkSession.builder.master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    kinds = (
        "id string, value double, service struct<cases: array<struct<id: string, status: string, severity: string>>>"
    )
    frame = spark.createDataFrame(customers(rows), kinds)
    found = {}
    for partitions in (1, 3):
        decided = decide(frame.repartition(partitions), Rules.read(DEALER), as_of=AS_OF)
        found[partitions] = sorted((json.loads(of) for of in decided.toJSON().collect()), key=lambda of: str(of["id"]))
    executors = spark.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
    print(json.dumps({"executors": len(executors) - 1, "one": found[1], "three": found[3]}))
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
