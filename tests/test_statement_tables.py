"""Tables of statements in Parquet: read and written by `partyline materialise`."""

from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from partyline.errors import EngineError, SourceError
from partyline.library.reasoning import materialise_files
from partyline.reasoning import materialise

ONTOLOGY = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
<urn:before> a owl:TransitiveProperty .
"""
ROWS = [
    ("<urn:a>", "<urn:before>", "<urn:b>"),
    ("<urn:b>", "<urn:before>", "_:c"),
    ("_:c", "<urn:before>", "<urn:d>"),
    ("<urn:b>", "<urn:name>", '"a \\"b\\"\\n  c ."@en'),
]


def written(path: Path, rows: list[tuple[str | None, ...]]) -> Path:
    names = ("subject", "predicate", "object")
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    pq.write_table(pa.Table.from_arrays(columns, names=names[: len(columns)]), path)
    return path


def read(path: Path) -> set[tuple[str, ...]]:
    return {tuple(row.values()) for row in pq.read_table(path).to_pylist()}


@pytest.fixture
def ontology(tmp_path: Path) -> Path:
    (tmp_path / "o.ttl").write_text(ONTOLOGY)
    return tmp_path / "o.ttl"


@pytest.mark.parametrize("engine", ["auto", "duckdb"])
def test_what_follows_from_a_table_is_what_follows_from_its_lines(
    ontology: Path, tmp_path: Path, engine: str
) -> None:
    table, inferred = written(tmp_path / "d.parquet", list(ROWS)), tmp_path / "i.parquet"
    with materialise_files([ontology], [table], engine) as found:
        assert found.statements.asserted == len(ROWS) + 1
        found.statements.write(inferred)
        expected = {tuple(map(str, row)) for row in found.inferred}
    assert read(inferred) == expected
    assert {row for row in expected if "_:" not in str(row)} == {
        ("<urn:a>", "<urn:before>", "<urn:d>"),
        ("<urn:b>", "<urn:before>", "<urn:d>"),
    }
    assert len(expected) == 3


def test_a_small_closure_is_written_as_a_table_too(ontology: Path, tmp_path: Path) -> None:
    data, inferred = tmp_path / "d.nt", tmp_path / "i.parquet"
    data.write_text(
        "".join(f"{' '.join(row)} .\n" for row in ROWS[:1]) + "<urn:b> <urn:before> <urn:c> ."
    )
    with materialise_files([ontology], [data]) as found:
        found.statements.write(inferred)
    assert read(inferred) == {("<urn:a>", "<urn:before>", "<urn:c>")}


def test_what_is_no_table_of_statements_is_named(ontology: Path, tmp_path: Path) -> None:
    two = written(tmp_path / "two.parquet", [("<urn:a>", "<urn:b>")])
    empty = written(tmp_path / "empty.parquet", [("<urn:a>", "<urn:b>", None)])
    text = tmp_path / "text.parquet"
    text.write_text("<urn:a> <urn:b> <urn:c> .")
    for path, message in ((two, "columns"), (empty, "1 rows have no"), (text, "in Parquet")):
        with pytest.raises(SourceError, match=message):
            materialise_files([ontology], [path])
    with pytest.raises(EngineError, match="sparql does not read Parquet"):
        materialise_files([ontology], [two], "sparql")


@pytest.mark.skipif(find_spec("pyspark") is not None, reason="pyspark is installed")
def test_without_pyspark_the_engine_names_the_extra() -> None:
    with pytest.raises(EngineError, match=r"pip install 'partyline\[spark\]'"):
        materialise([], "spark")
