"""Reasoning on Apache Spark with executors in processes of their own: ``make spark``.

What follows is the same, by its hash, as from the other engines. Relations of more than a few
hundred facts are on the executors here, so that small graphs are joined there, too.
"""

import hashlib
import os
import random
from collections.abc import Iterator, Set
from itertools import pairwise
from pathlib import Path

import generation
import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from partyline.errors import EngineError
from partyline.library.reasoning import materialise_files
from partyline.reasoning import Closure, materialise
from partyline.reasoning.evaluate.columns.spark import parquet, session
from partyline.reasoning.evaluate.columns.spark.components import stars
from partyline.settings import read_settings
from partyline.sources import read_sources
from partyline.vocabulary import OWL

SIZE = int(os.environ.get("SIZE", "100000"))
MASTER = os.environ.get("MASTER", "local-cluster[2,1,1024]")
ONTOLOGY = Path("bench/ontologies/lineage.ttl")
BASE = "https://example.org/"


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    """Two executors of one processor and a gibibyte each."""
    import pyspark

    os.environ.setdefault("SPARK_HOME", str(Path(pyspark.__file__).parent))
    options = f"--master {MASTER} --conf {session.SMALL}=400 --conf spark.sql.shuffle.partitions=4"
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"{options} pyspark-shell"
    opened = session.open_session()
    yield
    opened.stop()


def digest(closure: Closure) -> str:
    lines = sorted(map(str, closure.inferred))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def assert_same(asserted: Set[Triple]) -> None:
    one, other = materialise(asserted, "arrays"), materialise(asserted, "spark")
    assert len(other.inferred) == len(one.inferred)
    assert digest(other) == digest(one)
    assert {str(row) for row in other.inconsistencies} == {str(row) for row in one.inconsistencies}


def lineage(size: int) -> set[Triple]:
    data = "\n".join(generation.triples("lineage", size)).encode()
    quads = (*parse(path=ONTOLOGY), *parse(data, RdfFormat.N_TRIPLES))
    return {quad.triple for quad in quads}


def test_executors_have_processes_of_their_own() -> None:
    tracker = session.open_session().sparkContext._jsc.sc().statusTracker()
    expected = 3 if MASTER.startswith("local-cluster") else 1  # the driver is one of them
    assert len(tracker.getExecutorInfos()) == expected


def test_the_built_in_knowledge_has_the_same_closure() -> None:
    sources = read_sources(read_settings(environ={}))
    assert_same(sources.ontology_triples | sources.kb_triples)


def test_generated_lineages_have_the_same_closure() -> None:
    assert_same(lineage(SIZE))


def test_files_in_parquet_are_read_and_written(tmp_path: Path) -> None:
    data, table, inferred = (tmp_path / name for name in ("data.nt", "data.parquet", "all.parquet"))
    data.write_text("\n".join(generation.triples("lineage", 2000)) + "\n")
    with materialise_files([ONTOLOGY], [data], "spark") as found:
        found.statements.write(inferred)
        expected = set(map(str, found.inferred))
    from partyline.reasoning.evaluate.columns.parquet_table import write_parquet

    write_parquet(table, [quad.triple for quad in parse(path=data)])
    with materialise_files([ONTOLOGY], [table], "spark") as found:
        assert set(map(str, found.inferred)) == expected
    rows = session.open_session().read.parquet(str(inferred)).collect()
    assert {f"{row.subject} {row.predicate} {row.object}" for row in rows} == expected


@pytest.mark.parametrize("few", [0, parquet.FEW_PAIRS], ids=["executors", "driver"])
def test_chains_of_the_same_are_one(monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(parquet, "FEW_PAIRS", few)
    chance, triples = random.Random(few), set()
    for group in range(60):
        names = [NamedNode(f"{BASE}{group}/{number}") for number in range(chance.randint(2, 20))]
        chance.shuffle(names)
        triples |= {Triple(a, OWL.sameAs, b) for a, b in pairwise(names)}
        triples.add(Triple(names[0], NamedNode(f"{BASE}p"), names[-1]))
    assert_same(triples)


def test_components_are_those_of_a_union_find() -> None:
    opened, chance = session.open_session(), random.Random(1)
    edges = {(chance.randint(1, 600), chance.randint(1, 600)) for _ in range(450)}
    edges |= {(number, number + 1) for number in range(1000, 1200)}  # a long chain
    parents: dict[int, int] = {}

    def find(number: int) -> int:
        while parents.setdefault(number, number) != number:
            number = parents[number]
        return number

    for one, other in edges:
        low, high = sorted((find(one), find(other)))
        parents[high] = low
    rounds = 0

    def keep(query: str) -> str:
        nonlocal rounds
        rounds += 1
        opened.sql(query).localCheckpoint().createOrReplaceTempView(f"kept{rounds}")
        return f"kept{rounds}"

    given = [(one, other) for one, other in edges if one != other]
    opened.createDataFrame(given, "s INT, o INT").createOrReplaceTempView("given")
    found = stars("given", keep, lambda query: opened.sql(query).collect()[0][0])
    rows = {(row.s, row.o) for row in opened.table(found).collect()}
    assert rows == {(number, find(number)) for number in parents if find(number) != number}
    assert rounds <= 2 * 10


def test_a_failure_of_the_cluster_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "conclusions", lambda *_: "SELECT nothing FROM nowhere")
    with pytest.raises(EngineError, match="Spark failed to evaluate the rules"):
        materialise(lineage(3000), "spark")
