"""``import partyline``: what Python programs and notebooks use."""

import gc
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import DefaultGraph, NamedNode, Triple, parse

import partyline
from partyline.errors import (
    ChecksFailed,
    EngineError,
    QueryTimeout,
    ReleaseError,
    SettingsError,
    SourceError,
    UnknownStatement,
)
from partyline.reasoning.evaluate.columns import Results
from partyline.releases import Release
from partyline.settings import shipped_settings
from partyline.sparql import Solutions

T = rdflib.Namespace("https://music.example.org/terms#")
ENSEMBLE = rdflib.Namespace("https://music.example.org/id/ensemble/")
DCT = rdflib.Namespace("http://purl.org/dc/terms/")
EX = "https://example.org/"
PREFIXES = f"""@prefix ex: <{EX}> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
WITHHELD = rdflib.URIRef("https://music.example.org/graph/withheld")


@pytest.fixture
def small(ensembles_release: Path) -> Release:
    """A release of the small knowledge base."""
    return partyline.open_release(ensembles_release / "releases")


def test_importing_the_library_imports_nothing_that_is_not_used() -> None:
    large = "{'flask', 'rdflib', 'pyoxigraph', 'numpy', 'pandas'}"
    program = f"import partyline, sys; print(sorted({large} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there_and_there_are_at_most_twelve() -> None:
    names = [name for name in partyline.__all__ if name != "__version__"]
    assert len(names) <= 12
    assert all(getattr(partyline, name) for name in names)
    assert set(names) <= set(dir(partyline))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        partyline.chekc  # noqa: B018


def test_settings_are_those_of_the_current_folder_or_the_built_in_ones(
    ensembles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ensembles)
    assert partyline.read_settings().path == ensembles / "partyline.toml"
    monkeypatch.chdir(tmp_path)
    assert partyline.read_settings().path == shipped_settings()
    with pytest.raises(SettingsError, match="cannot be read"):
        partyline.read_settings("absent.toml")


def test_a_check_has_all_findings_and_stops_nothing(ensembles: Path) -> None:
    assert partyline.check(ensembles / "partyline.toml").findings == ()
    with (ensembles / "kb" / "ensembles.ttl").open("a") as file:
        file.write("ensemble:red-brass a t:Musician .\n")
    (finding,) = partyline.check(ensembles / "partyline.toml").violations
    assert finding.code == "cax-dw"
    with pytest.raises(ChecksFailed):
        partyline.build(ensembles / "partyline.toml")


def test_a_release_is_opened_by_its_folder_the_folder_above_or_its_settings(small: Release) -> None:
    for place in (small.path, small.path.parent, str(small.path)):
        assert partyline.open_release(place).manifest == small.manifest
    settings = partyline.read_settings(small.path.parents[1] / "partyline.toml")
    assert partyline.open_release(settings).manifest == small.manifest


def test_a_folder_without_a_release_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=str(tmp_path)):
        partyline.open_release(tmp_path)


def test_why_gives_the_proof_as_text_values_turtle_and_html(small: Release) -> None:
    found = partyline.why(small, "ensemble:red-brass", "t:grewOutOf", "ensemble:brass-union")
    assert "by prp-trp" in str(found)
    assert "kb/ensembles.ttl:" in str(found)
    proofs = found.to_dict()["proofs"]
    assert isinstance(proofs, list)
    assert proofs[0]["rule"] == "prp-trp"
    assert rdflib.Graph().parse(data=found.to_turtle(), format="turtle")
    assert "<li>" in found._repr_html_()
    assert found.proofs[0].conclusion[0] == NamedNode(str(ENSEMBLE["red-brass"]))


def test_why_takes_terms_iris_and_prefixes_of_the_caller(small: Release) -> None:
    subject, object_ = (str(ENSEMBLE[name]) for name in ("red-brass", "new-brass-union"))
    by_iri = partyline.why(small, subject, NamedNode(str(T.grewOutOf)), object_)
    prefixes = {"e": str(ENSEMBLE)}
    by_name = partyline.why(
        small, "e:red-brass", "t:grewOutOf", "e:new-brass-union", prefixes=prefixes
    )
    assert by_iri.to_dict() == by_name.to_dict()


def test_what_does_not_follow_and_what_is_not_a_statement_have_errors_of_their_own(
    small: Release,
) -> None:
    with pytest.raises(UnknownStatement, match="neither asserted nor entailed"):
        partyline.why(small, "ensemble:brass-union", "t:grewOutOf", "ensemble:red-brass")
    with pytest.raises(SettingsError, match="not a valid statement"):
        partyline.why(small, "unknown:x", "t:grewOutOf", "ensemble:red-brass")
    with pytest.raises(SettingsError, match="exactly one statement, found 2"):
        partyline.why(small, "ensemble:red-brass", "a", "t:Ensemble, t:Musician")


def test_a_day_within_a_date_is_certain_possible_or_not() -> None:
    day = date(1990, 1, 1)
    assert partyline.as_of("1985/1992", day) == "certain"
    assert partyline.as_of("1985/", day) == "possible"
    assert partyline.as_of("1991/1992", day) == "no"


class TestQuery:
    def test_a_release_is_queried_with_its_prefixes(self, small: Release) -> None:
        rows = partyline.query(
            small, "SELECT ?x { ?x t:grewOutOf ensemble:brass-union } ORDER BY ?x"
        )
        assert isinstance(rows, Solutions)
        names = [
            row["x"].value.rpartition("/")[2] for row in rows if isinstance(row["x"], NamedNode)
        ]
        assert names == ["new-brass-union", "red-brass"]

    def test_files_are_queried_as_one_graph(self, ensembles: Path) -> None:
        files = sorted(str(path) for path in (ensembles / "kb").glob("*.ttl"))
        asked = "ASK { ?player t:playsIn ?band . ?band t:grewOutOf ?older }"
        prefixes = {"t": str(T)}
        assert partyline.query(files, asked, prefixes=prefixes) is True
        assert partyline.query(files[0], asked, prefixes=prefixes) is False

    def test_a_file_that_is_not_rdf_is_an_error_that_names_it(self, tmp_path: Path) -> None:
        for name, text in (("notes.txt", "x"), ("broken.ttl", "this is not Turtle")):
            (tmp_path / name).write_text(text)
            with pytest.raises(SourceError, match=name):
                partyline.query(tmp_path / name, "ASK {}")
        with pytest.raises(SourceError, match=r"absent\.ttl"):
            partyline.query(tmp_path / "absent.ttl", "ASK {}")

    def test_a_cross_product_ends_in_time_and_the_process_lives(self, small: Release) -> None:
        endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
        with pytest.raises(QueryTimeout):
            partyline.query(small, endless, seconds=0.5)
        assert partyline.query(small, "ASK { ?s ?p ?o }") is True


class TestMaterialise:
    DATA = "ex:a ex:before ex:b . ex:b ex:before ex:c ."
    AXIOMS = "ex:before a owl:TransitiveProperty ; rdfs:domain ex:Event ."
    A_BEFORE_C = Triple(*(NamedNode(f"{EX}{name}") for name in ("a", "before", "c")))

    @pytest.fixture
    def files(self, tmp_path: Path) -> tuple[Path, Path]:
        """The data and the ontology."""
        paths = tmp_path / "data.ttl", tmp_path / "ontology.ttl"
        for path, turtle in zip(paths, (self.DATA, self.AXIOMS), strict=True):
            path.write_text(PREFIXES + turtle)
        return paths

    @pytest.mark.parametrize("engine", ["auto", "sparql", "arrays", "duckdb"])
    def test_files_and_graphs_have_the_same_closure(
        self, engine: str, files: tuple[Path, Path]
    ) -> None:
        data, ontology = files
        graphs = [rdflib.Graph().parse(path) for path in files]
        parsed = [[quad.triple for quad in parse(path=str(path))] for path in files]
        found = [
            partyline.materialise(data, ontology, engine=engine),
            partyline.materialise([str(data), str(ontology)], engine=engine),
            partyline.materialise(data.parent.glob("*.ttl"), engine=engine),
            partyline.materialise(*graphs, engine=engine),
            partyline.materialise(*parsed, engine=engine),
            partyline.materialise(iter(parsed[0]), ontology, engine=engine),
        ]
        first = found[0]
        assert self.A_BEFORE_C in set(first.inferred)
        assert len(first.asserted) == 4
        assert len(first) == len(set(first)) == len(first.asserted) + len(first.inferred)
        assert all(set(row.asserted) == set(first.asserted) for row in found)
        assert all(set(row.inferred) == set(first.inferred) for row in found)

    def test_what_follows_is_a_graph_of_rdflib_and_a_data_frame(
        self, files: tuple[Path, Path]
    ) -> None:
        inferred = partyline.materialise(*files).inferred
        graph = inferred.to_rdflib()
        assert len(graph) == len(inferred) > 0
        assert dict(graph.namespaces())["ex"] == rdflib.URIRef(EX)
        for frame in (inferred.to_pandas(), inferred.to_polars(), inferred.to_arrow()):
            assert frame.shape == (len(inferred), 5)
        assert f"{EX}a" in list(inferred.to_pandas()["subject"])

    @pytest.mark.parametrize("engine", ["sparql", "arrays"])
    def test_why_names_the_lines_of_the_files(self, engine: str, files: tuple[Path, Path]) -> None:
        proof = str(
            partyline.why(partyline.materialise(*files, engine=engine), "ex:a", "ex:before", "ex:c")
        )
        assert "by prp-trp" in proof
        assert proof.count(f"{files[0]}:{len(PREFIXES.splitlines()) + 1}") == 2

    def test_why_of_a_graph_says_what_is_asserted(self, files: tuple[Path, Path]) -> None:
        graph = rdflib.Graph().parse(files[0])
        proof = str(
            partyline.why(partyline.materialise(graph, files[1]), "ex:a", "ex:before", "ex:c")
        )
        assert proof.count("asserted") == 2
        assert f"{files[1]}:" in proof

    def test_a_closure_is_queried_with_its_prefixes(self, files: tuple[Path, Path]) -> None:
        closure = partyline.materialise(*files)
        assert partyline.query(closure, "ASK { ex:a ex:before ex:c . ex:a a ex:Event }") is True

    @pytest.mark.parametrize("engine", ["auto", "arrays"])
    def test_a_contradiction_is_an_error_with_its_place(
        self, engine: str, files: tuple[Path, Path]
    ) -> None:
        files[1].write_text(PREFIXES + "ex:before a owl:AsymmetricProperty .")
        files[0].write_text(PREFIXES + "ex:a ex:before ex:b .\nex:b ex:before ex:a .")
        with pytest.raises(ChecksFailed, match=rf"{files[0]}:\d+: error: .*\[prp-asyp\]"):
            partyline.materialise(*files, engine=engine)
        with pytest.raises(ChecksFailed, match=r"(?m)^\(graph\): error: .*\[prp-asyp\]"):
            partyline.materialise(rdflib.Graph().parse(files[0]), files[1], engine=engine)

    @pytest.mark.parametrize("engine", ["auto", "arrays"])
    def test_a_malformed_axiom_is_an_error_with_its_line(
        self, engine: str, files: tuple[Path, Path]
    ) -> None:
        files[1].write_text(PREFIXES + "ex:C owl:unionOf ex:notAList .")
        with pytest.raises(ChecksFailed, match=rf"{files[1]}:\d+: error: .*\[list\]"):
            partyline.materialise(*files, engine=engine)

    def test_bad_input_is_one_clear_error(self, files: tuple[Path, Path]) -> None:
        with pytest.raises(SourceError, match="neither a triple nor a quad"):
            partyline.materialise([files[0], 7])  # type: ignore[arg-type]  # what is wrong
        with pytest.raises(SourceError, match=r"absent\.ttl"):
            partyline.materialise(files[0].parent / "absent.ttl")
        with pytest.raises(EngineError, match="no engine 'magic'"):
            partyline.materialise(files[0], engine="magic")
        files[0].write_text("this is not Turtle")
        with pytest.raises(ChecksFailed, match=rf"{files[0]}:1: error"):
            partyline.materialise(*files)

    def test_the_folder_of_a_large_closure_goes_with_it(self, files: tuple[Path, Path]) -> None:
        closure = partyline.materialise(*files, engine="duckdb")
        assert isinstance(closure.statements, Results)
        folder = closure.statements.database.folder
        assert folder.is_dir()
        del closure
        gc.collect()
        assert not folder.exists()

    def test_a_notebook_shows_what_follows(self, files: tuple[Path, Path]) -> None:
        html = partyline.materialise(*files)._repr_html_()
        assert "ex:before" in html
        assert "inferred from 4 asserted triples" in html


class TestReleaseStore:
    @pytest.fixture
    def graph(self, small: Release) -> rdflib.Graph:
        return rdflib.Graph(store=partyline.ReleaseStore(small))

    def test_a_graph_has_what_the_default_graph_has(
        self, graph: rdflib.Graph, small: Release
    ) -> None:
        quads = small.open_store().quads_for_pattern(None, None, None, DefaultGraph())
        assert len(graph) == len(list(quads)) == len(set(graph))
        assert (ENSEMBLE["red-brass"], T.grewOutOf, ENSEMBLE["brass-union"]) in graph
        assert (ENSEMBLE["rumoured-quartet"], T.grewOutOf, None) not in graph

    def test_literals_are_written_and_found_as_in_the_sources(self, graph: rdflib.Graph) -> None:
        seven = rdflib.Literal("07", datatype=rdflib.XSD.integer, normalize=False)
        (extent,) = graph.objects(ENSEMBLE["brass-union"], DCT.extent)
        assert (extent, str(extent)) == (seven, "07")
        assert list(graph.subjects(DCT.extent, seven)) == [ENSEMBLE["brass-union"]]

    def test_patterns_that_no_triple_can_have_match_nothing(self, graph: rdflib.Graph) -> None:
        assert not list(graph.triples((rdflib.Literal("x"), None, None)))
        assert not list(graph.triples((None, rdflib.BNode(), None)))

    def test_rdflib_asks_it_in_sparql_with_the_prefixes_of_the_release(
        self, graph: rdflib.Graph
    ) -> None:
        rows = graph.query("SELECT ?x { ?x t:grewOutOf ensemble:brass-union } ORDER BY ?x")
        assert [str(row[0]).rpartition("/")[2] for row in _rows(rows)] == [
            "new-brass-union",
            "red-brass",
        ]

    def test_a_dataset_has_the_named_graphs(self, small: Release) -> None:
        dataset = rdflib.Dataset(store=partyline.ReleaseStore(small))
        named = {graph.identifier for graph in dataset.graphs()}
        assert WITHHELD in named
        withheld = dataset.graph(WITHHELD)
        assert (ENSEMBLE["rumoured-quartet"], T.grewOutOf, ENSEMBLE["red-brass"]) in withheld

    def test_writing_is_refused(self, graph: rdflib.Graph) -> None:
        triple = (ENSEMBLE["red-brass"], T.doubted, rdflib.Literal(True))
        with pytest.raises(ReleaseError, match="read-only"):
            graph.add(triple)
        with pytest.raises(ReleaseError, match="read-only"):
            graph.remove(triple)
        with pytest.raises(ReleaseError, match="read-only"):
            graph += rdflib.Graph().add(triple)

    def test_a_copy_can_be_changed(self, graph: rdflib.Graph) -> None:
        copy = rdflib.Graph() + graph
        copy.add((ENSEMBLE["red-brass"], T.doubted, rdflib.Literal(True)))
        assert len(copy) == len(graph) + 1


def _rows(result: rdflib.query.Result) -> Iterator[rdflib.query.ResultRow]:
    for row in result:
        assert isinstance(row, rdflib.query.ResultRow)
        yield row
