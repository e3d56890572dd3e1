"""The page of one resource of each kind, for the tests that look at all kinds of pages."""

PARTY = "/doc/organisation/khmer-national-solidarity-party.html"
PERSON = "/doc/person/khieu-samphan.html"
KINDS = [
    PARTY,
    PERSON,
    "/doc/organisation/funcinpec.html",
    "/doc/organisation/democratic-national-union-movement.html",
    "/doc/event/khieu-samphan-surrender.html",
    "/doc/tenure/khieu-samphan-khmer-rouge.html",
    "/doc/election/national-assembly-1998.html",
    "/doc/claim/founding-text-03.html",
    "/doc/passage/founding-text-02.html",
    "/doc/source/founding-text.html",
    "/doc/family/wikipedia.html",
    "/doc/place/pailin.html",
    "/doc/concept/democratic-socialism.html",
    "/ns/splinterOf",
    "/ns/Organisation",
]
