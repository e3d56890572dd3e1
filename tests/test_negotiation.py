"""Which format a client gets for what it says that it accepts."""

import pytest

from partyline.errors import NotAcceptable
from partyline.web.negotiation import HTML, Offer, media_ranges, negotiate, wants_page

OFFERS = tuple(
    Offer(media_type, media_type, f"/doc/x.{extension}")
    for media_type, extension in (
        ("text/turtle", "ttl"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "jsonld"),
        ("application/rdf+xml", "rdf"),
        (HTML, "html"),
    )
)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
RDFLIB = (
    "text/turtle, application/rdf+xml;q=0.9, application/n-triples;q=0.8, text/html;q=0.1, "
    'application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded, flattened";q=0.7'
)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "text/turtle"),
        ("", "text/turtle"),
        ("*/*", "text/turtle"),
        ("*", "text/turtle"),
        ("text/*", "text/turtle"),
        ("application/*", "application/n-triples"),
        ("text/html", HTML),
        (FIREFOX, HTML),
        (JAVA, HTML),
        (RDFLIB, "text/turtle"),
        ("TEXT/HTML", HTML),
        ("text/html;level=1", HTML),
        ("text/turtle;charset=utf-8", "text/turtle"),
        (
            'application/ld+json;profile="http://www.w3.org/ns/json-ld#flattened"',
            "application/ld+json",
        ),
        # the higher weight wins, in whatever order
        ("text/turtle;q=0.5, application/ld+json", "application/ld+json"),
        ("text/turtle;q=0.5,application/rdf+xml;q=0.501", "application/rdf+xml"),
        ("text/turtle ; Q=0.2 , text/html ; q=0.9", HTML),
        # of equal weights the one that is named, then the order of the table
        ("*/*, application/rdf+xml", "application/rdf+xml"),
        ("application/rdf+xml, text/turtle", "text/turtle"),
        # the closest range says how much, also where a wider one says more
        ("text/turtle;q=0, */*", "application/n-triples"),
        ("text/*;q=0, */*;q=0.1", "application/n-triples"),
        ("text/turtle;q=0.1, text/*;q=0.2", HTML),
        # what is neither a media range nor a weight is passed over
        ("text/html;q=many", HTML),
        ("text/html;q=7, text/turtle;q=0.9", HTML),
        ("nonsense", "text/turtle"),
        (",,;q=1,/", "text/turtle"),
        ("nonsense, application/ld+json;q=0.1", "application/ld+json"),
        ('application/ld+json;profile="a;q=0"', "application/ld+json"),
    ],
)
def test_the_format_that_a_client_likes_best_is_sent(accept: str | None, expected: str) -> None:
    assert negotiate(accept, OFFERS).format == expected


@pytest.mark.parametrize(
    "accept",
    ["application/pdf", "image/*", "text/turtle;q=0", "*/*;q=0", "*/turtle", "text/html;q=0.0"],
)
def test_a_client_that_accepts_nothing_of_ours_receives_the_list_of_formats(accept: str) -> None:
    with pytest.raises(NotAcceptable) as refusal:
        negotiate(accept, OFFERS)
    for offer in OFFERS:
        assert f"{offer.media_type}  {offer.path}" in str(refusal.value)


def test_parameters_of_a_media_range_do_not_hide_the_next_one() -> None:
    read = media_ranges('text/turtle;a="x, text/html";q=0.25, application/ld+json')
    assert [(row.type, row.subtype, row.quality) for row in read] == [
        ("text", "turtle", 0.25),
        ("application", "ld+json", 1.0),
    ]


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        (FIREFOX, True),
        ("text/html", True),
        ("*/*", False),
        (None, False),
        ("text/turtle", False),
        ("text/plain, text/html;q=0.5", False),
    ],
)
def test_only_those_who_prefer_html_see_error_pages(accept: str | None, page: bool) -> None:
    assert wants_page(accept) is page
