"""The answer to CONSTRUCT or DESCRIBE on a page: a picture, a table, and the text."""

import re
from itertools import combinations
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from partyline.publishing import Publication, read_graph
from partyline.releases import Release
from partyline.settings import Settings

CIRCLE = """@prefix e: <https://e.org/> .
e:a e:to e:b , e:c . e:b e:to e:c . e:c e:to e:a ; e:size 3 ; e:in [ e:to "x" ] ."""


@pytest.fixture(scope="module")
def publication(release: Release, settings: Settings) -> Publication:
    return Publication.of(release, settings.knowledge)


def test_a_graph_is_a_picture_and_a_table_that_say_the_same(publication: Publication) -> None:
    graph = read_graph(publication.presenter, [CIRCLE.encode()], 1000)
    assert graph.table is not None
    assert graph.complete
    assert len(graph.table.rows) == 7
    root = ElementTree.fromstring(graph.picture)
    texts = ["".join(row.itertext()) for row in root.iter("text")]
    # Five arrows; each literal is a node of its own.
    assert len(texts) == 7 + len({"a", "b", "c", "3", "[ ]", "x"})
    boxes = [
        tuple(float(row.attrib[name]) for name in ("x", "y", "width", "height"))
        for row in root.iter("rect")
    ]
    assert len({box[0] for box in boxes}) == 5  # a, b, c, what c has, and what that has
    for x, y, wide, high in boxes:
        assert 0 <= x <= x + wide <= float(root.attrib["width"])
        assert 0 <= y <= y + high <= float(root.attrib["height"])
    for one, other in combinations(boxes, 2):
        assert one[0] != other[0] or one[1] + one[3] <= other[1] or other[1] + other[3] <= one[1]


def test_a_graph_that_is_cut_off_is_text_and_a_large_one_has_no_picture(
    publication: Publication,
) -> None:
    cut = read_graph(publication.presenter, [CIRCLE.encode()], 60)
    assert (cut.table, cut.picture, len(cut.text)) == (None, "", 60)
    many = "".join(f"<urn:a> <urn:p> <urn:x{number}> .\n" for number in range(600))
    large = read_graph(publication.presenter, [many.encode()], 100_000)
    assert large.picture == ""
    assert large.table is not None
    assert (len(large.table.rows), large.table.complete) == (500, False)
    nothing = read_graph(publication.presenter, [b""], 100)
    assert nothing.table is not None
    assert (nothing.table.rows, nothing.picture) == ((), "")


def test_the_query_page_shows_a_graph_with_links(client: FlaskClient) -> None:
    query = """PREFIX pl: <https://w3id.org/partyline/ns#>
        CONSTRUCT { ?a pl:splinterOf ?b } WHERE { ?a pl:splinterOf ?b }"""
    page = client.get(f"/fr/sparql?query={quote(query)}", headers={"Accept": "text/html"}).text
    answer = page.partition('id="outcome"')[2].partition("</section>")[0]
    assert "dissidence de" in answer.partition("</svg>")[0]
    assert '<th scope="col">subject</th>' in answer
    assert re.search('href="/fr/[^"]*/khmer-rouge"', answer)
    assert "pl:splinterOf" in answer.partition("<summary>Turtle</summary>")[2]
