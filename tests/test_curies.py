"""Prefixed names of Turtle and compact IRIs of JSON-LD."""

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pyoxigraph import NamedNode, RdfFormat, parse

from partyline.rdf.curies import PrefixMap, local_name

EX = "https://example.org/"


def expanded(name: str, namespace: str = EX) -> str:
    """Return the IRI that the parser of the sources reads from a prefixed name."""
    (quad,) = parse(f"@prefix ex: <{namespace}> . {name} a ex:T .", format=RdfFormat.TURTLE)
    assert isinstance(quad.subject, NamedNode)
    return quad.subject.value


def test_the_longest_namespace_wins() -> None:
    names = PrefixMap({"ex": EX, "person": EX + "person/", "e": "https://e"})
    assert names.prefixed_name(EX + "person/anna") == "person:anna"
    assert names.prefixed_name(EX + "work") == "ex:work"


def test_a_shorter_namespace_serves_where_the_longest_leaves_no_local_name() -> None:
    names = PrefixMap({"a": EX, "b": EX + "x"})
    assert names.prefixed_name(EX + "x-1") == "a:x-1"


def test_of_two_prefixes_for_one_namespace_the_first_in_the_alphabet_is_used() -> None:
    assert PrefixMap({"z": EX, "a": EX}).prefixed_name(EX + "work") == "a:work"


@pytest.mark.parametrize(
    "local", ["a", "1", "_", "a.b", "a-", "1-2", "é", "ខ្មែរ", "·a"[1:], "a·", "𐀀"]
)
def test_a_valid_local_name_is_kept(local: str) -> None:
    assert local_name(local) == local
    assert expanded(f"ex:{local}") == EX + local


@pytest.mark.parametrize(
    "local",
    ["", ".a", "a.", "-a", "·a", "\u0300a", "a/b", "a:b", "a b", "a%20", "ª", "aº", "x²", "µ", "①"],
)
def test_what_is_not_a_local_name_is_refused(local: str) -> None:
    assert local_name(local) is None


@pytest.mark.parametrize(
    ("local", "escaped"),
    [
        ("a/b", "a\\/b"),
        ("-a", "\\-a"),
        (".", "\\."),
        ("a.", "a\\."),
        ("a.b", "a.b"),
        ("a%20", "a%20"),
        ("a%2", "a\\%2"),
        ("a:b", "a:b"),
        ("f(x)", "f\\(x\\)"),
    ],
)
def test_special_characters_are_escaped_where_that_is_asked_for(local: str, escaped: str) -> None:
    assert local_name(local, escape=True) == escaped


@pytest.mark.parametrize("local", ["µ", "·a", "\u0300a", "‿a", "a²", ""])
def test_some_characters_cannot_be_escaped(local: str) -> None:
    assert local_name(local, escape=True) is None


@given(some.text(max_size=6), some.booleans())
def test_a_prefixed_name_is_read_as_the_iri_that_it_shortens(local: str, escape: bool) -> None:
    written = local_name(local, escape=escape)
    if written is not None and (escape is False or "%" not in local):
        assert expanded(f"ex:{written}") == EX + local


def test_an_invalid_prefix_is_passed_over() -> None:
    names = PrefixMap({"my prefix": EX, "1": EX, "a.": EX, "_": EX, "": "https://example.com/"})
    assert names.prefixed_name(EX + "work") is None
    assert names.prefixed_name("https://example.com/a") == ":a"


def test_an_empty_namespace_is_passed_over() -> None:
    assert PrefixMap({"ex": ""}).prefixed_name("a") is None


def test_a_namespace_alone_has_no_prefixed_name() -> None:
    assert PrefixMap({"ex": EX}).prefixed_name(EX) is None
    assert PrefixMap({"ex": EX}).compact_iri(EX) is None


def test_a_compact_iri_may_hold_what_a_prefixed_name_may_not() -> None:
    names = PrefixMap({"ex": EX})
    assert names.compact_iri(EX + "a/b?c=µ.") == ("ex", EX, "a/b?c=µ.")


def test_a_compact_iri_does_not_look_like_an_absolute_one() -> None:
    names = PrefixMap({"ex": EX, "http": "urn:x:"})
    assert names.compact_iri(EX + "//a") is None
    assert names.compact_iri("urn:x:a", refused={"http"}) is None
    assert names.compact_iri("urn:x:a") == ("http", "urn:x:", "a")


def test_a_namespace_without_a_delimiter_or_name_is_not_a_prefix_of_json_ld() -> None:
    assert PrefixMap({"ex": EX + "id-"}).compact_iri(EX + "id-1") is None
    assert PrefixMap({"": EX}).compact_iri(EX + "a") is None
