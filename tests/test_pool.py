"""Untrusted queries in processes that may be killed: real processes, real limits."""

from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Literal, QueryBoolean, QueryResultsFormat, parse_query_results

from graph_readers import read_back
from partyline.errors import BadQuery, NotAcceptable, QueryTimeout, QueryTooLarge, QueryTooLong
from partyline.rdf import GRAPH_FORMATS, GraphFormat
from partyline.sparql import RESULT_FORMATS, QueryPool, Solutions, read_results
from query_pools import (
    ENDLESS,
    EX,
    JSON,
    LIMITS,
    LONG,
    TURTLE,
    ask,
    descendants,
    in_background,
    is_answered,
    make_pool,
    read,
    wait_until,
)
from query_pools import others as others
from query_pools import pool as pool
from query_pools import steady as steady
from query_pools import store as store
from timing import ASSERTED, within

DOUBLING = "".join(f" BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(40))
HOGS = {
    "ORDER BY": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i",
    "doubling strings": 'SELECT ?x40 { BIND("xxxxxxxxxxxxxxxx" AS ?x0)' + DOUBLING + " }",
}


def count(pool: QueryPool, pattern: str, **graphs: list[str]) -> str:
    answer = ask(pool, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}", **graphs)
    table = read_results(read(answer))
    assert isinstance(table, Solutions)
    number = table.rows[0]["n"]
    assert isinstance(number, Literal)
    return number.value


@pytest.mark.parametrize("row", RESULT_FORMATS, ids=lambda row: row.name)
def test_rows_are_written_in_each_format(steady: QueryPool, row: object) -> None:
    media_type = row.media_type  # type: ignore[attr-defined]  # a row of the table
    for query in ("SELECT ?s ?name { ?s ?p ?name } LIMIT 3", "ASK {}"):
        answer = steady.query(query, rows=media_type, graph=TURTLE)
        content = read(answer)
        assert answer.media_type.partition(";")[0] == media_type
        assert ("charset=utf-8" in answer.media_type) == media_type.startswith("text/")
        if media_type == "text/csv":  # which tells no terms apart
            assert content.splitlines()[0] in (b"s,name", b"true")
            continue
        results = parse_query_results(content, QueryResultsFormat.from_media_type(media_type))
        if isinstance(results, QueryBoolean):
            assert bool(results)
        else:
            assert len(list(results)) == 3


@pytest.mark.parametrize("row", GRAPH_FORMATS, ids=lambda row: row.name)
def test_graphs_are_written_in_each_format(steady: QueryPool, row: GraphFormat) -> None:
    for query in (f"CONSTRUCT WHERE {{ <{EX}7> ?p ?o }}", f"DESCRIBE <{EX}7>"):
        answer = steady.query(query, rows=JSON, graph=row.media_type)
        triples = read_back(read(answer), row)
        assert [str(triple) for triple in triples] == [f'<{EX}7> <{EX}name> "number 7"']
        assert answer.media_type.partition(";")[0] == row.media_type


def test_turtle_is_written_with_the_prefixes_of_the_release(steady: QueryPool) -> None:
    assert b'ex:7\n    ex:name "number 7" ;' in read(ask(steady, f"DESCRIBE <{EX}7>"))


def test_a_format_that_is_not_written_is_reported(steady: QueryPool) -> None:
    with pytest.raises(NotAcceptable, match="application/xml is not a format of this answer"):
        steady.query("ASK {}", rows="application/xml", graph=TURTLE)


def test_a_dataset_of_the_protocol_replaces_that_of_the_store(steady: QueryPool) -> None:
    everywhere, named = "?s ?p ?o", "GRAPH ?g { ?s ?p ?o }"
    one, two = EX + "one", EX + "two"

    assert (count(steady, everywhere), count(steady, named)) == ("2000", "2")
    assert count(steady, everywhere, default=[one]) == "1"
    assert count(steady, named, default=[one]) == "0"
    assert count(steady, everywhere, default=[one, two]) == "2"
    assert count(steady, everywhere, named=[one]) == "0"
    assert count(steady, named, named=[one]) == "1"
    assert count(steady, everywhere, default=[EX + "none"]) == "0"


def test_a_graph_that_is_not_an_iri_is_a_bad_query(steady: QueryPool) -> None:
    with pytest.raises(BadQuery, match="not a valid IRI"):
        ask(steady, "ASK {}", default=["no iri"])


def test_a_syntax_error_has_its_place_and_keeps_the_worker(
    pool: QueryPool, others: set[int]
) -> None:
    before = descendants(others).keys()
    for _ in range(5):
        with pytest.raises(
            BadQuery, match=r"line 2, column \d+: not SPARQL at or before the end of “\?s \?p }”"
        ):
            ask(pool, "SELECT * {\n  ?s ?p }")
    assert is_answered(pool)
    assert descendants(others).keys() == before
    assert pool.status()["killed"] == 0


def test_the_guard_stands_before_the_processes(pool: QueryPool) -> None:
    with within(1):
        with pytest.raises(BadQuery, match="nested 5002 deep; at most 100"):
            ask(pool, "ASK { FILTER" + "(" * 5001 + "1" + ")" * 5001 + " }")
        with pytest.raises(BadQuery, match="SERVICE is disabled"):
            ask(pool, "ASK { SERVICE <http://127.0.0.1/> {} }")
        with pytest.raises(BadQuery, match="this endpoint is read-only"):
            ask(pool, "DROP ALL")
        with pytest.raises(QueryTooLong, match="at most 65536"):
            ask(pool, "ASK {}" + " " * 70_000)
    assert pool.status()["killed"] == 0


def test_a_stack_that_overflows_takes_one_worker_and_nothing_else(store: Path) -> None:
    with make_pool(store, replace(LIMITS, query_depth=100_000)) as pool:
        with pytest.raises(QueryTooLarge, match="nest less deeply"):
            ask(pool, "ASK { FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ") }")
        assert is_answered(pool)
        assert pool.status()["killed"] == 1


def test_an_unknown_function_is_a_bad_query(steady: QueryPool) -> None:
    with pytest.raises(BadQuery, match=f"function <{EX}f> is not supported"):
        ask(steady, f"ASK {{ ?s ?p ?o FILTER(<{EX}f>(?o)) }}")
    assert is_answered(steady)


def test_an_endless_query_ends_in_time_while_others_are_answered(store: Path) -> None:
    with make_pool(store, replace(LIMITS, query_seconds=1)) as pool:
        with within(2, at_least=1), in_background(pool, ENDLESS) as errors:
            with within(1):
                assert all(is_answered(pool) for _ in range(20))
            if ASSERTED:
                assert errors == []
        assert isinstance(errors[0], QueryTimeout)
        assert "longer than 1 s and was ended; add LIMIT" in str(errors[0])
        assert is_answered(pool)
        assert pool.status() == {
            "workers": 2,
            "busy": 0,
            "waiting": 0,
            "killed": 1,
            "isolated": pool.status()["isolated"],
        }


@pytest.mark.parametrize("query", HOGS.values(), ids=HOGS)
def test_a_query_that_wants_too_much_memory_is_ended(pool: QueryPool, query: str) -> None:
    for _ in range(2):
        with pytest.raises(QueryTooLarge, match="more than 128 MiB of memory"):
            ask(pool, query)
    assert is_answered(pool)
    wait_until(lambda: pool.status()["workers"] == 2)


def test_an_answer_that_is_too_long_is_cut_off_with_an_error(steady: QueryPool) -> None:
    answer = ask(steady, LONG)
    assert not answer.whole
    received: list[bytes] = []
    with pytest.raises(QueryTooLarge, match="longer than 2 MiB"):
        received.extend(answer.chunks)
    assert 256 << 10 <= sum(map(len, received)) <= 2 << 20
    with pytest.raises(StopIteration):
        next(answer.chunks)
    assert steady.status()["busy"] == 0
    assert is_answered(steady)


def test_an_error_within_the_first_bytes_replaces_the_answer(store: Path) -> None:
    """The rows come at once, and then nothing for ever."""
    query = f"SELECT * {{ {{ ?s ?p ?o }} UNION {{ {{ {ENDLESS} }} }} }}"
    with make_pool(store, replace(LIMITS, query_seconds=0.5)) as pool, pytest.raises(QueryTimeout):
        ask(pool, query)


def test_a_failed_answer_leaves_nothing_in_the_next_one(store: Path) -> None:
    query = f"SELECT * {{ {{ ?s ?p ?o }} UNION {{ {{ {HOGS['ORDER BY']} }} }} }}"
    with make_pool(store, replace(LIMITS, workers=1)) as pool:
        alone = read(ask(pool, "SELECT * { ?s ?p ?o } ORDER BY ?o LIMIT 10"))
        with pytest.raises(QueryTooLarge):
            read(ask(pool, query))
        assert read(ask(pool, "SELECT * { ?s ?p ?o } ORDER BY ?o LIMIT 10")) == alone


def test_a_reader_who_has_enough_frees_the_worker(store: Path) -> None:
    with make_pool(store, replace(LIMITS, workers=1)) as pool:
        answer = ask(pool, LONG)
        assert len(next(answer.chunks)) > 0
        answer.chunks.close()  # type: ignore[attr-defined]  # iterators may have it
        assert pool.status()["busy"] == 0
        assert is_answered(pool)
        assert list(answer.chunks) == []


def test_a_reader_who_falls_asleep_loses_the_worker_at_the_deadline(store: Path) -> None:
    with make_pool(store, replace(LIMITS, workers=1, query_seconds=0.5)) as pool:
        answer = ask(pool, LONG)
        next(answer.chunks)
        wait_until(lambda: pool.status()["busy"] == 0)
        assert is_answered(pool)
        with pytest.raises(QueryTimeout):
            read(answer)
