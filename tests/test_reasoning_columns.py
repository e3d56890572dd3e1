"""The SQL evaluator: the same closure as SPARQL's, exact loading, names, memory."""

import json
from collections.abc import Callable, Set
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, Triple, parse, serialize

from partyline.cli import main
from partyline.dataset import TripleSet
from partyline.errors import ChecksFailed, EngineError, SourceError
from partyline.reasoning import Closure, materialise, refutations, suitable_engine
from partyline.reasoning.compile.compiler import compile_facts, fact
from partyline.reasoning.evaluate import axioms
from partyline.reasoning.evaluate.columns import (
    ColumnClosure,
    Database,
    Results,
    load_files,
    load_triples,
)
from partyline.reasoning.evaluate.engine_selection import FOR_EACH_AXIOM, LARGE, SMALL
from partyline.reasoning.model.rule_set import RuleSet
from partyline.reasoning.model.triple_index import Facts
from random_knowledge import MORE_AXIOMS, MORE_DATA
from sampling import examples, some_of, thorough
from test_reasoning import (
    CONSISTENT,
    CONTRADICTIONS,
    ENTAILED,
    NOT_ENTAILED,
    PREFIXES,
    apart,
    triples,
)

KNOWLEDGE = [
    *(data for _, data, _ in (*ENTAILED, *NOT_ENTAILED)),
    *(data for _, data in CONTRADICTIONS),
    *CONSISTENT,
]


def said(closure: Closure) -> set[tuple[str, object]]:
    return {(row.constraint.name, row.premises) for row in closure.inconsistencies}


def assert_same_by_sql_and_sparql(asserted: Set[Triple]) -> None:
    sparql = materialise(asserted, "sparql")
    for engine in ("arrays", "duckdb"):
        columns = materialise(asserted, engine)
        assert columns.inferred == sparql.inferred, engine
        assert said(columns) == said(sparql), engine


#: Half of it: the examples of one rule follow each other.
CHOSEN = some_of(KNOWLEDGE, len(KNOWLEDGE) // 2)


@pytest.mark.parametrize("first", range(0, len(CHOSEN), 20))
def test_sql_and_sparql_agree_on_every_rule(first: int) -> None:
    """Many examples at once: a database of its own for each costs a tenth of a second."""
    chosen = enumerate(CHOSEN[first : first + 20])
    assert_same_by_sql_and_sparql(set().union(*(apart(data, n) for n, data in chosen)))


@pytest.mark.parametrize("turtle", some_of(KNOWLEDGE, 4))
def test_sql_and_sparql_agree_on_a_rule_that_is_alone(turtle: str) -> None:
    assert_same_by_sql_and_sparql(triples(turtle))


@settings(max_examples=examples(3, 80), deadline=None)
@given(
    st.lists(MORE_AXIOMS, min_size=1, max_size=8),
    st.lists(MORE_DATA, min_size=2, max_size=9),
)
def test_sql_and_sparql_agree_on_random_knowledge(axioms: list[str], data: list[str]) -> None:
    assert_same_by_sql_and_sparql(triples("\n".join(axioms + data)))


#: Found by the test above: names of classes and of the vocabulary itself, literals as names.
ONCE_WRONG = [
    ":C0 rdfs:subClassOf :C2 . :a a :C1 . :C0 owl:sameAs :C1 .",
    ":p1 rdfs:subPropertyOf owl:sameAs . :d :other :d ; :p1 1.0 . :c owl:sameAs :d .",
    ":b owl:sameAs :a . :a owl:sameAs :a ; owl:differentFrom :a .",
    "rdf:type owl:sameAs :isA . :a :isA :C . :C rdfs:subClassOf :D .",
    ":chained owl:sameAs owl:propertyChainAxiom . :p :chained ( :q :r ) . :a :q :b . :b :r :c .",
    ":p owl:equivalentProperty :p . :p owl:sameAs :q . :a :q :b .",
]


@pytest.mark.parametrize("turtle", some_of(ONCE_WRONG, 3))
def test_what_was_once_wrong_stays_right(turtle: str) -> None:
    assert_same_by_sql_and_sparql(triples(turtle))


@thorough
def test_sql_and_sparql_agree_on_what_follows_from_the_built_in_knowledge(
    built_in: Closure,
) -> None:
    sql = materialise(built_in.asserted, "duckdb")
    assert sql.inferred == built_in.inferred
    assert said(sql) == said(built_in) == set()


#: Lines that the database splits itself, and lines for the parser.
N_TRIPLES = r"""<http://e.org/a> <http://e.org/p> "plain" .
<http://e.org/a> <http://e.org/p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> .
<http://e.org/a> <http://e.org/p> "typed"^^<http://www.w3.org/2001/XMLSchema#string> .
<http://e.org/a> <http://e.org/p> "quote \" slash \\ line \n" .
<http://e.org/a> <http://e.org/p> "\u00e9 caf\u00E9" .
<http://e.org/a> <http://e.org/p> "ភាសា"@KM-kh .

# a comment
  <http://e.org/a>	<http://e.org/p> _:x. # another
_:x <http://e.org/p> <http://e.org/é> .
<http://e.org/a> <http://e.org/p> "NULL" .
<http://e.org/a> <http://e.org/p> "a, b; 'c'" .
"""


def loaded(*paths: Path) -> set[Triple]:
    with Database() as database:
        load_files(database, paths)
        rows = Results(database).rows("SELECT s, p, o FROM asserted")
        return {Triple(*row) for row in rows}  # type: ignore[arg-type]  # no literal subjects


def test_every_line_of_n_triples_is_read_as_the_parser_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "a.nt"
    file.write_text(N_TRIPLES, encoding="utf-8")
    read = {quad.triple for quad in parse(path=str(file), format=RdfFormat.N_TRIPLES)}

    found = loaded(file)

    said_of_names = [{row for row in map(str, rows) if "_:" not in row} for rows in (found, read)]
    assert said_of_names[0] == said_of_names[1]
    assert len(found) == len(read) == 10


def test_a_literal_with_the_separator_in_it_is_read_by_the_parser(tmp_path: Path) -> None:
    file = tmp_path / "a.nt"
    file.write_text('<http://e.org/a> <http://e.org/p> "a\x01b" .\n', encoding="utf-8")
    (found,) = loaded(file)
    assert str(found.object) == '"a\\u0001b"'


def test_equal_labels_of_blank_nodes_in_two_files_are_two_blank_nodes(tmp_path: Path) -> None:
    one, two = tmp_path / "a.nt", tmp_path / "b.ttl"
    for file in (one, two):
        file.write_text("_:x <http://e.org/p> <http://e.org/a> .\n", encoding="utf-8")
    assert len(loaded(one, two)) == 2


def test_a_syntax_error_in_large_input_is_reported_with_file_and_line(tmp_path: Path) -> None:
    for name in ("a.nt", "a.ttl"):
        file = tmp_path / name
        file.write_text(
            "<http://e.org/a> <http://e.org/p> <http://e.org/b> .\n<http://e.org/a> nonsense .\n",
            encoding="utf-8",
        )
        with pytest.raises(ChecksFailed) as caught:
            loaded(file)
        assert [(row.path, row.line) for row in caught.value.findings] == [(str(file), 2)]


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        loaded(tmp_path / "none.nt")


def test_one_name_too_many_is_reported_with_the_rule_that_makes_it() -> None:
    data = " ".join(f":x :p :a{index} ." for index in range(200))
    with Database() as database:
        load_triples(database, TripleSet.of(triples(f":p a owl:FunctionalProperty . {data}")))
        with pytest.raises(EngineError) as caught:
            Results(database, largest=30_000)
    assert "200 terms" in str(caught.value)
    assert "prp-fp" in str(caught.value)


def test_what_does_not_fit_in_memory_goes_to_disk() -> None:
    chain = " ".join(f":n{index} :p :n{index + 1} ." for index in range(300))
    with Database("40MB") as database:
        load_triples(database, TripleSet.of(triples(f":p a owl:TransitiveProperty . {chain}")))
        assert Results(database).inferred == 301 * 300 // 2 - 300


def test_contradictions_in_columns_have_proofs_too() -> None:
    turtle = ":C owl:disjointWith :D . :p rdfs:domain :C ; rdfs:range :D . :a :p :a ."
    with Database() as database:
        load_triples(database, TripleSet.of(triples(turtle)))
        (refutation,) = refutations(ColumnClosure(Results(database)))
    assert set(refutation.leaves()) == set(map(fact, triples(turtle)))


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """An ontology and data that contradict each other, as arguments."""
    ontology, data = tmp_path / "o.ttl", tmp_path / "d.nt"
    ontology.write_text(
        PREFIXES + ":p rdfs:subPropertyOf :q .\n:q a owl:IrreflexiveProperty .", encoding="utf-8"
    )
    a = "<http://example.org/a>"
    data.write_text(
        f"{a} <http://example.org/r> {a} .\n{a} <http://example.org/p> {a} .\n", encoding="utf-8"
    )
    return ["--ontology", str(ontology), "--data", str(data)]


@pytest.mark.parametrize("engine", ["sparql", "arrays", "duckdb"])
def test_materialise_reports_a_contradiction_in_large_input_by_its_line(
    engine: str, files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = ["--output", str(tmp_path / "i.nt"), "--engine", engine]
    assert main(["materialise", *files, *output]) == 1
    assert f"{files[-1]}:2: error:" in capsys.readouterr().err
    assert not (tmp_path / "i.nt").exists()


@pytest.mark.parametrize("engine", ["sparql", "arrays", "duckdb"])
def test_materialise_reports_contradictions_as_json_with_full_proofs(
    engine: str, files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["materialise", *files, "--json", "--engine", engine]) == 1
    report = json.loads(capsys.readouterr().out)

    assert (report["asserted"], report["inferred"]) == (4, 1)
    (found,) = report["contradictions"]
    assert found["rule"] == "prp-irp"
    assert found["origin"] == f"{files[-1]}:2"
    assert found["individuals"] == [{"type": "uri", "value": "http://example.org/a"}]
    assert found["axioms"][0]["object"]["value"].endswith("#IrreflexiveProperty")
    premise = found["proofs"][0]
    assert premise["rule"] == "prp-spo1"
    assert [leaf["origins"] for leaf in premise["premises"]] == [
        [f"{files[-1]}:2"],
        [f"{files[1]}:{len(PREFIXES.splitlines()) + 1}"],
    ]


def test_an_engine_is_chosen_by_the_number_of_triples_for_each_axiom() -> None:
    assert suitable_engine(SMALL - 1, 1) == "sparql"
    assert suitable_engine(SMALL, 1) == "arrays"
    assert suitable_engine(10_000, 10_000 // FOR_EACH_AXIOM) == "arrays"
    assert suitable_engine(10_000, 10_000 // FOR_EACH_AXIOM + 1) == "sparql"
    assert suitable_engine(LARGE, 1) == "arrays"
    assert suitable_engine(LARGE + 1, 1) == "duckdb"


def compilations(monkeypatch: pytest.MonkeyPatch, run: Callable[[], object]) -> int:
    """Return how often *run* compiles axioms."""
    calls = []

    def counted(facts: Facts, asserted: Facts, *, equality: bool) -> RuleSet:
        calls.append(len(facts))
        return compile_facts(facts, asserted, equality=equality)

    with monkeypatch.context() as patch:
        patch.setattr(axioms, "compile_facts", counted)
        run()
    return len(calls)


@pytest.mark.parametrize(
    ("turtle", "engine"),
    [
        (":p rdfs:domain :C . :a :p :b .", "sparql"),
        (" ".join([":p rdfs:domain :C .", *(f":a{n} :p :b ." for n in range(SMALL))]), "arrays"),
        (":p a owl:FunctionalProperty . " + "".join(f":a :p :b{n} ." for n in range(99)), "arrays"),
    ],
    ids=["few", "many", "equal"],
)
def test_the_choice_of_an_engine_compiles_nothing_of_its_own(
    turtle: str, engine: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asserted, source = triples(turtle), tmp_path / "source.ttl"
    serialize(asserted, str(source), format=RdfFormat.TURTLE)
    command = ["materialise", "--ontology", str(source), "--output", str(tmp_path / "i.nt")]
    by_auto, by_name = [
        (
            compilations(monkeypatch, partial(materialise, asserted, name)),
            compilations(monkeypatch, partial(main, [*command, "--engine", name])),
        )
        for name in ("auto", engine)
    ]
    assert by_auto == by_name


def test_a_limit_of_memory_is_for_the_engine_that_can_keep_it(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["materialise", *files, "--output", str(tmp_path / "i.nt"), "--memory", "1GB"]
    assert main([*arguments, "--engine", "arrays"]) == 2
    assert "--memory is for --engine duckdb" in capsys.readouterr().err


def test_both_engines_write_the_same_triples(tmp_path: Path) -> None:
    folder = Path(__file__).parent / "data" / "ensembles"
    written = []
    for engine in ("sparql", "arrays", "duckdb"):
        for ending in ("nt", "ttl"):
            output = tmp_path / f"{engine}.{ending}"
            data = [str(path) for path in sorted((folder / "kb").glob("*.ttl"))]
            arguments = ["--ontology", str(folder / "ontology" / "terms.ttl"), "--data", *data]
            arguments += ["--output", str(output), "--engine", engine]
            assert main(["materialise", *arguments]) == 0
            written.append({quad.triple for quad in parse(path=str(output))})
    assert all(triples == written[0] != set() for triples in written)
