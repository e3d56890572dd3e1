"""One statement, read from three texts as people type them."""

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from partyline.rdf.statement_text import TermText, read_statement
from partyline.vocabulary import RDF, XSD

EX = "https://example.org/"
A, B = NamedNode(EX + "a"), NamedNode(EX + "b")


@pytest.mark.parametrize(
    ("terms", "triple"),
    [
        (("ex:a", "a", "ex:b"), Triple(A, RDF.type, B)),
        ((EX + "a", "ex:b", f"<{EX}a>"), Triple(A, B, A)),
        ((A, B, Literal("x", language="en")), Triple(A, B, Literal("x", language="en"))),
        (("ex:a", "ex:b", '"01"^^o:integer'), Triple(A, B, Literal("01", datatype=XSD.integer))),
        (("ex:a", "ex:b", "'a http://b'"), Triple(A, B, Literal("a http://b"))),
        (("urn+x.y-1://a", "ex:b", "1"), Triple(NamedNode("urn+x.y-1://a"), B, Literal(1))),
    ],
)
def test_a_statement_is_read_as_people_type_it(
    terms: tuple[TermText, TermText, TermText], triple: Triple
) -> None:
    assert read_statement(terms, {"ex": EX, "o": XSD.iri}) == triple


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        (
            ("ex:a", "ex:b", "ex:a , ex:b"),
            "ex:a ex:b ex:a , ex:b: expected exactly one statement, found 2",
        ),
        (("ex:a", "ex:b", "( 1 )"), "ex:a ex:b ( 1 ): expected exactly one statement, found 3"),
        (
            ("ex:a", "ex:b", "<<( ex:a ex:b 1 )>>"),
            "ex:a ex:b <<( ex:a ex:b 1 )>>: a triple term is not supported here",
        ),
    ],
)
def test_what_is_not_one_statement_is_refused(
    terms: tuple[TermText, TermText, TermText], reason: str
) -> None:
    with pytest.raises(ValueError, match=r"^ex:a ex:b ") as caught:
        read_statement(terms, {"ex": EX})
    assert str(caught.value) == reason


def test_a_syntax_error_is_quoted_without_its_place_in_the_text_that_was_parsed() -> None:
    with pytest.raises(ValueError, match=r"^no:a ex:b 1: is not a valid statement: \S") as caught:
        read_statement(("no:a", "ex:b", "1"), {"ex": EX})
    assert "no:" in str(caught.value).partition("statement: ")[2]
    assert "line" not in str(caught.value)
