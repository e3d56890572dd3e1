"""The facts of relations as Parquet files, which Apache Spark joins on a cluster.

The driver reads, numbers and writes the terms in DuckDB, as the other engines on columns do, and
holds the axioms; executors need no Python and see numbers alone.
"""

from partyline.reasoning.evaluate.columns.spark.tables import SparkTables

__all__ = ["SparkTables"]
