import re
from datetime import date
from typing import Any

import pytest
from edtf import parse_edtf
from edtf import struct_time_to_date as to_date
from pyoxigraph import Literal, NamedNode, Triple

from partyline.edtf import Bounds, Certainty, as_of, bounds, in_words, parse
from partyline.edtf.grammar import Interval, Limit
from partyline.sources.computed_bounds import date_bounds
from partyline.vocabulary import EDTF, PL, XSD


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1992", ("1992-01-01", "1992-12-31", "1992-01-01", "1992-12-31")),
        ("1992-02", ("1992-02-01", "1992-02-29", "1992-02-01", "1992-02-29")),
        ("1998-12-25", ("1998-12-25", "1998-12-25", "1998-12-25", "1998-12-25")),
        ("1985?/1992~", ("1984-01-01", "1986-12-31", "1991-01-01", "1993-12-31")),
        ("[..1985~]", (None, "1986-12-31", None, "1986-12-31")),
        ("[1997~,1999]", ("1996-01-01", "1999-12-31", "1996-01-01", "1999-12-31")),
        ("199X", ("1990-01-01", "1999-12-31", "1990-01-01", "1999-12-31")),
        ("1990-XX", ("1990-01-01", "1990-12-31", "1990-01-01", "1990-12-31")),
        ("1990-02-XX", ("1990-02-01", "1990-02-28", "1990-02-01", "1990-02-28")),
        ("1990-22", ("1990-01-01", "1990-12-31", "1990-01-01", "1990-12-31")),
        ("/1985", (None, None, "1985-01-01", "1985-12-31")),
        ("../1985", (None, None, "1985-01-01", "1985-12-31")),
        ("1985/..", ("1985-01-01", "1985-12-31", None, None)),
        ("1985/", ("1985-01-01", "1985-12-31", None, None)),
        ("[..1985]", (None, "1985-12-31", None, "1985-12-31")),
        ("[1985..]", ("1985-01-01", None, "1985-01-01", None)),
        ("[1997-04,1997-05]", ("1997-04-01", "1997-05-31", "1997-04-01", "1997-05-31")),
        ("[1984..1986]", ("1984-01-01", "1986-12-31", "1984-01-01", "1986-12-31")),
    ],
)
def test_bounds_are_what_the_date_says_and_no_more(
    text: str, expected: tuple[str | None, ...]
) -> None:
    found = bounds(text)
    first, second, third, fourth = map(day, expected)
    assert found == Bounds(first, second, third, fourth, ongoing=text.endswith("/.."))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        # one unit of the precision, two for uncertain and approximate
        ("1997~", "1996-01-01", "1998-12-31"),
        ("1997?", "1996-01-01", "1998-12-31"),
        ("1997%", "1995-01-01", "1999-12-31"),
        ("1998-08~", "1998-07-01", "1998-09-30"),
        ("1998-01~", "1997-12-01", "1998-02-28"),
        ("1996-01~", "1995-12-01", "1996-02-29"),
        ("1998-06%", "1998-04-01", "1998-08-31"),
        ("1998-12-31~", "1998-12-30", "1999-01-01"),
        ("1998-12-28%", "1998-12-26", "1998-12-30"),
        ("1996-22~", "1995-10-01", "1997-03-31"),
        # the next greater unit where a digit is not specified
        ("199X~", "1980-01-01", "2009-12-31"),
        ("19XX?", "1800-01-01", "2099-12-31"),
        ("1990-XX~", "1989-01-01", "1991-12-31"),
        ("1990-02-XX~", "1990-01-01", "1990-03-31"),
        # the component that carries the sign
        ("1995~-02-28", "1994-02-28", "1996-02-28"),
        ("~1995-02", "1994-02-01", "1996-02-29"),
        ("2004-06~-11", "2004-05-11", "2004-07-11"),
        ("2004-?06-11", "2004-05-11", "2004-07-11"),
        ("?2004-06-~11", "2003-06-10", "2005-06-12"),
        ("1998-03-31~", "1998-03-30", "1998-04-01"),
        ("1998-03~-31", "1998-02-28", "1998-04-30"),
        # to the ends of the calendar
        ("0001~", "0001-01-01", "0002-12-31"),
        ("9999~", "9998-01-01", "9999-12-31"),
        ("0001-01-01~", "0001-01-01", "0001-01-02"),
        ("9999-12-31~", "9999-12-30", "9999-12-31"),
    ],
)
def test_about_widens(text: str, first: str, last: str) -> None:
    found = bounds(text)
    assert (found.begin_earliest, found.end_latest) == (day(first), day(last))


@pytest.mark.parametrize("sign", "~?%")
@pytest.mark.parametrize("text", ["1997", "1997-08", "1998-12-28", "199X", "1997-22"])
def test_a_qualified_date_makes_no_day_certain(text: str, sign: str) -> None:
    qualified, plain = bounds(text + sign), bounds(text)
    assert plain.begin_earliest is not None
    assert plain.end_latest is not None
    for on in (plain.begin_earliest, plain.end_latest):
        assert as_of(qualified, on) is Certainty.POSSIBLE


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1992-0X-31", "1992-01-31", "1992-08-31"),
        ("1992-0X", "1992-01-01", "1992-09-30"),
        ("1992-1X", "1992-10-01", "1992-12-31"),
        ("1992-X1-15", "1992-01-15", "1992-11-15"),
        ("1992-XX-30", "1992-01-30", "1992-12-30"),
        ("1992-02-XX", "1992-02-01", "1992-02-29"),
        ("1992-04-3X", "1992-04-30", "1992-04-30"),
        ("1992-04-0X", "1992-04-01", "1992-04-09"),
        ("1992-04-X1", "1992-04-01", "1992-04-21"),
        ("199X-02-29", "1992-02-29", "1996-02-29"),
        ("1X92", "1092-01-01", "1992-12-31"),
        ("XXXX", "0001-01-01", "9999-12-31"),
        ("000X", "0001-01-01", "0009-12-31"),
    ],
)
def test_unspecified_digits_leave_the_days_that_there_are(text: str, first: str, last: str) -> None:
    found = bounds(text)
    assert (found.begin_earliest, found.end_latest) == (day(first), day(last))


def test_an_open_end_and_an_unknown_one_are_distinguished() -> None:
    still, unknown = parse("1985/.."), parse("1985/")
    assert isinstance(still, Interval)
    assert isinstance(unknown, Interval)
    assert (still.end, unknown.end) == (Limit.OPEN, Limit.UNKNOWN)


NOT_EDTF = (
    "not EDTF; write 1992, 1992-11, 1992-11-30, 1985/1992 or [..1985],"
    " with ~ or ? after what is approximate or uncertain"
)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("May 1997", NOT_EDTF),
        ("1997-13", "there is no month 13; it is 01 to 12, or 21 to 24 for seasons"),
        ("1997-02-30", "there is no day 1997-02-30"),
        ("1998/1997", "it ends before it begins"),
        ("[1998..1997]", "'1998..1997' ends before it begins"),
        ("/", "has neither a begin nor an end"),
        ("[..]", "'..' needs a date on one side"),
        ("[1997,1998", "a set is written [a,b] or {a,b}"),
        ("1997-04-05T12:00:00", NOT_EDTF),
        ("0000", "there is no year 0; the first is 0001"),
        ("0000-XX", "there is no year 0; the first is 0001"),
        ("1997-00", "there is no month 00; it is 01 to 12, or 21 to 24 for seasons"),
        ("1997-2X", "there is no month 2X; it is 01 to 12, or 21 to 24 for seasons"),
        ("1997-25", "there is no month 25; it is 01 to 12, or 21 to 24 for seasons"),
        ("1997-04-00", "there is no day 1997-04-00"),
        ("1997-04-31", "there is no day 1997-04-31"),
        ("1997-02-3X", "there is no day 1997-02-3X"),
        ("199X-02-30", "there is no day 199X-02-30"),
        ("1997-21-01", "a season (21) has no days"),
        ("?1997~", "the year has a qualifier on both sides; write one"),
        ("1997-04-?05~", "the day has a qualifier on both sides; write one"),
        ("19~97", NOT_EDTF),
        ("1997~~", NOT_EDTF),
        ("../..", "has neither a begin nor an end"),
        ("/..", "has neither a begin nor an end"),
        ("1985/1990/1992", NOT_EDTF),
        ("[1997,1998}", "a set is written [a,b] or {a,b}"),
        ("1997]", "a set is written [a,b] or {a,b}"),
        ("[1997,]", NOT_EDTF),
        (" 1997", NOT_EDTF),
        ("1997-04\n", NOT_EDTF),
    ],
)
def test_what_is_not_a_date_is_refused_with_the_reason(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)) as caught:
        bounds(text)
    assert str(caught.value) == f"{text!r}: {complaint}"


@pytest.mark.parametrize("text", ["", "   "])
def test_no_date_at_all_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^an empty date$"):
        bounds(text)


@pytest.mark.parametrize(
    "text", ["1992", "1992-02", "1996-02-29", "199X", "1990-XX", "1985/1992", "1985-03/1992-11-30"]
)
def test_bounds_agree_with_the_edtf_package(text: str) -> None:
    peer: Any = parse_edtf(text)
    found = bounds(text)

    assert found.begin_earliest == to_date(peer.lower_strict())
    assert found.end_latest == to_date(peer.upper_strict())


def test_bounds_become_triples_of_the_same_node() -> None:
    event = NamedNode("https://example.org/id/event/1")
    stated = Triple(event, PL.date, Literal("[..1985]", datatype=EDTF))

    assert date_bounds([stated]) == {
        Triple(event, PL.beginLatest, Literal("1985-12-31", datatype=XSD.date)),
        Triple(event, PL.endLatest, Literal("1985-12-31", datatype=XSD.date)),
    }


def test_an_end_that_has_not_come_is_a_triple_of_its_own() -> None:
    event = NamedNode("https://example.org/id/tenure/1")
    still = Triple(event, PL.date, Literal("2022/..", datatype=EDTF))
    untold = Triple(event, PL.date, Literal("2022/", datatype=EDTF))

    assert Triple(event, PL.ongoing, Literal(True)) in date_bounds([still])
    assert Triple(event, PL.ongoing, Literal(True)) not in date_bounds([untold])


CERTAIN, POSSIBLE, NO = Certainty.CERTAIN, Certainty.POSSIBLE, Certainty.NO


@pytest.mark.parametrize(
    ("text", "on", "answer"),
    [
        # inside, and at the edges of a year that is known to the year only
        ("1985/1992", "1990-01-01", CERTAIN),
        ("1985/1992", "1985-01-01", POSSIBLE),
        ("1985/1992", "1985-12-30", POSSIBLE),
        ("1985/1992", "1985-12-31", CERTAIN),
        ("1985/1992", "1992-01-01", CERTAIN),
        ("1985/1992", "1992-01-02", POSSIBLE),
        ("1985/1992", "1992-12-31", POSSIBLE),
        ("1985/1992", "1993-01-01", NO),
        ("1985/1992", "1984-12-31", NO),
        # an open end has not come; an unknown end may have come
        ("2022/..", "2030-01-01", CERTAIN),
        ("2022/", "2022-12-31", POSSIBLE),
        ("2022/", "2030-01-01", POSSIBLE),
        ("2022/", "2021-12-31", NO),
        # an unknown begin excludes no day before the end, and makes none certain
        ("/1985", "1950-01-01", POSSIBLE),
        ("/1985", "1986-01-01", NO),
        # ends on which sources differ
        ("1979/[1981-12-01,1981-12-05]", "1981-12-03", POSSIBLE),
        ("1979/[1981-12-01,1981-12-05]", "1981-12-01", CERTAIN),
        ("1979/[1981-12-01,1981-12-05]", "1981-12-06", NO),
        ("1979/[1981..]", "1990-01-01", POSSIBLE),
        # one day
        ("1998-12-25", "1998-12-25", CERTAIN),
        ("1998-12-25", "1998-12-24", NO),
        # about
        ("1982-07/1992~", "1990-12-31", CERTAIN),
        ("1982-07/1992~", "1991-01-01", CERTAIN),
        ("1982-07/1992~", "1991-01-02", POSSIBLE),
        ("1982-07/1992~", "1993-12-31", POSSIBLE),
        ("1982-07/1992~", "1994-01-01", NO),
    ],
)
def test_what_held_on_a_day_is_certain_possible_or_not_so(
    text: str, on: str, answer: Certainty
) -> None:
    assert as_of(bounds(text), date.fromisoformat(on)) is answer


@pytest.mark.parametrize(
    ("edtf", "words"),
    [
        ("1992", "1992"),
        ("1992-11", "November 1992"),
        ("1992-11-30", "30 November 1992"),
        ("1997~", "about 1997"),
        ("1997-04?", "perhaps April 1997"),
        ("1997%", "perhaps about 1997"),
        ("1985/1992", "from 1985 to 1992"),
        ("1985/", "from 1985, end unknown"),
        ("1985/..", "since 1985"),
        ("/1985", "until 1985, beginning unknown"),
        ("../1985", "until 1985"),
        ("[1991,1993]/", "from 1991 or 1993, end unknown"),
        ("1992/1997~", "from 1992 to about 1997"),
        ("[..1985]", "1985 or earlier"),
        ("[1985..]", "1985 or later"),
        ("[1996,1997]", "1996 or 1997"),
        ("{1996,1998..1999}", "1996 and 1998 to 1999"),
        ("1997-21", "spring 1997"),
        ("199X", "the 1990s"),
        ("[..199X]", "the 1990s or earlier"),
        # no simpler in words than as they are
        ("1997-XX-04", "1997-XX-04"),
        ("?1997-?04", "?1997-?04"),
        ("1997~-04", "1997~-04"),
        ("1997-?04", "1997-?04"),
        ("19XX", "19XX"),
        ("1985/199X-XX", "1985/199X-XX"),
        ("[..1997~-04]", "[..1997~-04]"),
        ("[1992,1997~-04]", "[1992,1997~-04]"),
        ("/", "/"),
        ("nonsense", "nonsense"),
        ("1997-13", "1997-13"),
        ("1997-02-30", "1997-02-30"),
    ],
)
def test_simple_dates_are_shown_in_words(edtf: str, words: str) -> None:
    assert in_words(edtf) == words
