"""Rows that tasks return, taken from Spark without planning a query for them.

What Spark gives for each batch of a stream is planned already. To `collect` it plans, describes and
compiles a query of its own once more, and looks for what its functions refer to in the code of two
of Spark's largest classes: a third of what a small batch cost its driver (docs/decisions/0051).
"""

from __future__ import annotations

from typing import Any

from pyspark.sql import DataFrame


def binaries_of(rows: DataFrame) -> list[bytes]:
    """Run the tasks of some rows and return their first column, which is binary.

    Args:
        rows: at most one of each task: Spark uses the memory of a row again for the next.
    """
    plan: Any = rows._jdf.logicalPlan()  # noqa: SLF001 - pyspark offers no other way
    # What is no batch of a stream is planned here.
    is_planned = plan.nodeName() == "LogicalRDD"
    rdd = plan.rdd() if is_planned else rows._jdf.queryExecution().toRdd()  # noqa: SLF001 - as above
    # Its function lies in a small class, other than that of `collect`.
    found = rdd.toJavaRDD().collectAsync().get()
    # By number: an iterator ends by an exception, for which py4j and pyspark ask the JVM a lot.
    return [found[place].getBinary(0) for place in range(len(found))]
