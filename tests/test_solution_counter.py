"""The number of rows in the access log is that of the answer, in every format."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, QueryResultsFormat, QuerySolutions, Store

from partyline.sparql import RESULT_FORMATS
from partyline.sparql.workers.solution_counter import counter

#: What ends strings, lines and rows in one of the formats, or looks as if it did.
TEXTS = st.text(alphabet='{}[],:"\\\n\r\t<>/x ', max_size=12)
LOOKS_LIKE_ROWS = (
    '},{"x":{"type":"',
    '"}},{"',
    "}},{",
    "\\",
    '\\"}},{',
    ",{},",
    "[{},{}]",
    '\\",{},',
    "<result>",
    '\r\n"\r\n',
    "a\nb",
)


def answer(rows: list[list[str | None]], media_type: str) -> bytes:
    """Return the answer that has *rows* of two literals, some of which may be absent."""
    values = " ".join(
        "(" + " ".join("UNDEF" if text is None else str(Literal(text)) for text in row) + ")"
        for row in rows
    )
    results = Store().query(f"SELECT ?x ?y {{ VALUES (?x ?y) {{ {values} }} }}")
    assert isinstance(results, QuerySolutions)
    written = io.BytesIO()
    results.serialize(written, QueryResultsFormat.from_media_type(media_type))
    return written.getvalue()


@pytest.mark.parametrize("media_type", [row.media_type for row in RESULT_FORMATS])
@given(
    rows=st.lists(st.lists(TEXTS | st.none(), min_size=2, max_size=2), max_size=6),
    cuts=st.lists(st.integers(1, 40), min_size=1, max_size=5),
)
def test_rows_are_counted_whatever_literals_hold_and_wherever_pieces_end(
    media_type: str, rows: list[list[str | None]], cuts: list[int]
) -> None:
    content, count, found = answer(rows, media_type), counter(media_type), 0
    while content:
        cuts = [*cuts[1:], cuts[0]]
        piece, content = content[: cuts[0]], content[cuts[0] :]
        found = count(piece)
    assert found == len(rows)


@pytest.mark.parametrize("media_type", [row.media_type for row in RESULT_FORMATS])
@pytest.mark.parametrize("text", LOOKS_LIKE_ROWS)
def test_a_literal_that_looks_like_rows_is_none(media_type: str, text: str) -> None:
    assert counter(media_type)(answer([[text, text], [None, text]], media_type)) == 2


@pytest.mark.parametrize("media_type", [row.media_type for row in RESULT_FORMATS])
def test_an_answer_without_solutions_has_no_rows(media_type: str) -> None:
    assert counter(media_type)(answer([], media_type)) == 0
