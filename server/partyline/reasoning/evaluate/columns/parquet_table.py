"""A table of statements in Parquet: the texts of subject, predicate, object."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
from pyoxigraph import Triple


def write_parquet(path: Path, triples: Sequence[Triple]) -> None:
    """Write *triples* in their order to *path*."""
    rows = np.array([(str(s), str(p), str(o)) for s, p, o in triples], dtype=object)
    given = dict(zip(("subject", "predicate", "object"), rows.reshape(-1, 3).T, strict=True))
    with duckdb.connect() as connection:
        connection.register("given", given)
        name = str(path).replace("'", "''")
        connection.execute(f"COPY given TO '{name}' (FORMAT parquet, COMPRESSION zstd)")
