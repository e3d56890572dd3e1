"""Each nasty literal and IRI in each format of query results, read back by other parsers."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store
from rdflib.query import Result

from partyline.publishing import Publication
from partyline.rdf.rdflib_bridge import from_rdflib
from partyline.releases import build
from partyline.settings import read_settings
from partyline.sparql import RESULT_FORMATS, QueryPool, ResultFormat
from partyline.web import create_app
from test_writers import NASTY_IRIS, NASTY_LITERALS

Term = NamedNode | Literal
#: Returns the terms of the one column of an answer.
Reader = Callable[[bytes], list[Term]]

TERMS: tuple[Term, ...] = (*NASTY_LITERALS, *NASTY_IRIS)
_RESULTS = "{http://www.w3.org/2005/sparql-results#}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def term(kind: str, text: str, language: str | None, datatype: str | None) -> Term:
    if kind == "uri":
        return NamedNode(text)
    if language:
        return Literal(text, language=language)
    return Literal(text, datatype=NamedNode(datatype)) if datatype else Literal(text)


def by_json(content: bytes) -> list[Term]:
    rows = [row["x"] for row in json.loads(content)["results"]["bindings"]]
    return [
        term(row["type"], row["value"], row.get("xml:lang"), row.get("datatype")) for row in rows
    ]


def by_expat(content: bytes) -> list[Term]:
    found = ElementTree.fromstring(content).iterfind(f".//{_RESULTS}binding/*")
    return [
        term(
            row.tag.removeprefix(_RESULTS), row.text or "", row.get(_LANGUAGE), row.get("datatype")
        )
        for row in found
    ]


@pytest.fixture(autouse=True)
def _exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have rdflib keep the spelling of literals: it writes inf for INF."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


def by_rdflib_results(name: str) -> Reader:
    def read(content: bytes) -> list[Term]:
        bindings = Result.parse(io.BytesIO(content), format=name).bindings
        return [from_rdflib(row[rdflib.Variable("x")]) for row in bindings]  # type: ignore[misc]

    return read


def by_turtle(content: bytes) -> list[Term]:
    """Read cells of TSV, which are terms in the syntax of Turtle (section 4.2), with rdflib."""
    head, *cells = content.decode().removesuffix("\n").split("\n")
    assert head == "?x"
    graph = rdflib.Graph()
    for number, cell in enumerate(cells):
        graph.parse(data=f"<urn:{number}> <urn:p> {cell} .", format="turtle")
    p = rdflib.URIRef("urn:p")
    values = [graph.value(rdflib.URIRef(f"urn:{number}"), p) for number in range(len(cells))]
    return [from_rdflib(value) for value in values]  # type: ignore[arg-type,misc]


def by_csv(content: bytes) -> list[str]:
    head, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    assert head == ["x"]
    return [cell for (cell,) in rows]


READERS: dict[str, list[Callable[[bytes], list[Term] | list[str]]]] = {
    "srj": [by_json, by_rdflib_results("json")],
    "srx": [by_expat, by_rdflib_results("xml")],
    "csv": [by_csv],
    "tsv": [by_turtle],
}


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = Path(__file__).parent / "data" / "ensembles" / "partyline.toml"
    settings = replace(read_settings(folder, {}), releases=tmp_path_factory.mktemp("matrix"))
    release = build(settings).release
    # Other work of the machine must not be why a query is refused.
    patient = replace(settings.limits, quick_seconds=5.0, queue_seconds=60.0, client_seconds=600.0)
    with QueryPool(release.store, patient, release.manifest.prefixes) as pool:
        publication = Publication.of(release, settings.knowledge)
        yield create_app(publication, pool, settings).test_client()


def query(terms: tuple[Term, ...]) -> str:
    return f"SELECT ?x {{ VALUES ?x {{ {' '.join(map(str, terms))} }} }}"


def evaluated(terms: tuple[Term, ...]) -> list[Term]:
    """Return what the store makes of *terms*: it keeps values, such as 1 for 01."""
    solutions = Store().query(query(terms))
    assert isinstance(solutions, QuerySolutions)
    return [row["x"] for row in solutions]


def is_in_xml(value: Term) -> bool:
    return not _NOT_XML.search(value.value)


@pytest.mark.parametrize("row", RESULT_FORMATS, ids=lambda row: str(row.extension))
def test_nasty_terms_are_read_back_from_every_format_of_results(
    endpoint: FlaskClient, row: ResultFormat
) -> None:
    """Each alone, and all in one answer; XML refuses the characters that it does not have."""
    whole = tuple(value for value in TERMS if row.extension != "srx" or is_in_xml(value))
    assert len(whole) == (70 if row.extension != "srx" else 64)
    for terms in (*((value,) for value in TERMS), whole):
        response = endpoint.post(
            "/sparql", data={"query": query(terms)}, headers={"Accept": row.media_type}
        )
        if row.extension == "srx" and not all(map(is_in_xml, terms)):
            assert response.status_code == 406
            assert "XML cannot express" in response.text
            continue
        assert (response.status_code, response.mimetype) == (200, row.media_type), terms
        expected = evaluated(terms)
        texts = [value.value for value in expected]
        for read in READERS[row.extension]:
            assert read(response.data) == (texts if read is by_csv else expected), (read, terms)
