"""The session of Spark: one that there is, or one that the usual settings of Spark describe."""

# pyspark is an extra, which `make lint` does not install.
# pyright: reportMissingImports=false

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from partyline.errors import EngineError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: Where relations are: a folder that the driver and all executors see under this path.
FOLDER = "spark.partyline.folder"
#: Facts of a relation up to which the driver joins it.
SMALL = "spark.partyline.small"
_LOCAL = "local[*]"


def open_session() -> "SparkSession":
    """Return the session of this process, begun as `spark-defaults.conf` or submit arguments say.

    Raises EngineError where pyspark or Java is not installed, or the cluster does not answer.
    """
    try:
        from pyspark import SparkConf
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineError(
            "the engine spark needs pyspark: pip install 'partyline[spark]', and Java 17 or later"
        ) from error
    if active := SparkSession.getActiveSession():
        return active
    builder = SparkSession.builder.appName("partyline")
    try:
        with _quiet_start():
            conf = SparkConf()
            for name, value in _defaults(conf.get("spark.master") or _LOCAL).items():
                if not conf.contains(name):
                    builder = builder.config(name, value)
            session = builder.getOrCreate()
    except (PySparkException, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise EngineError(
            f"Spark does not start: {reason}; it needs Java 17 or later (JAVA_HOME), and reads its"
            " settings from SPARK_CONF_DIR and PYSPARK_SUBMIT_ARGS"
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    return session


def _defaults(master: str) -> dict[str, str]:
    """Return what holds where the settings of Spark do not say it."""
    found = {
        "spark.master": master,
        "spark.ui.showConsoleProgress": "false",
        # It would listen on every address of this machine.
        "spark.ui.enabled": "false",
        "spark.sql.parquet.compression.codec": "zstd",
    }
    if master.startswith("local"):
        found |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        # 200 partitions of little are 200 tasks.
        found["spark.sql.shuffle.partitions"] = str(2 * (os.cpu_count() or 1))
    return found


@contextmanager
def _quiet_start() -> Iterator[None]:
    """Keep the address of a machine out of the warnings that Spark begins with."""
    before = os.environ.get("SPARK_LOCAL_IP")
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    try:
        yield
    finally:
        if before is None:
            del os.environ["SPARK_LOCAL_IP"]


@contextmanager
def failures_named() -> Iterator[None]:
    """Turn what Spark raises into an EngineError of one line."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        lines = [line for line in str(error).splitlines() if line.strip()]
        raise EngineError(f"Spark failed to evaluate the rules: {' '.join(lines[:2])}") from error
