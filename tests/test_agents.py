"""Tools for agents, asked by the official client: over HTTP, over a socket, and on stdio."""

import csv
import io
import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode

from ensembles_server import Server
from expensive_queries import RUNNING
from partyline.publishing import Publication
from partyline.publishing.agents import TOOLS
from partyline.releases import Release
from partyline.settings import Settings, read_settings
from partyline.sparql import QueryPool
from partyline.vocabulary import PL
from partyline.web import create_app
from sampling import some_of

if TYPE_CHECKING:
    from mcp.client.session import ClientSession
    from mcp.types import Tool

QUESTIONS = sorted((read_settings(environ={}).knowledge.questions or Path()).glob("*.rq"))
CLAIM = "claim:founding-text-12"
#: Conflicts that are looked at in every run; with make agents, all.
_SAMPLE = 10


def asked(client: FlaskClient, use: "Callable[[ClientSession], Awaitable[Any]]") -> Any:  # noqa: ANN401
    """Return what *use* returns of a session with the application."""

    from agent_client import connected, run

    async def session_used() -> Any:  # noqa: ANN401
        async with connected("http://localhost/mcp", client) as session:
            return await use(session)

    return run(session_used())


async def called(session: "ClientSession", tool: str, **arguments: object) -> dict[str, Any]:
    """Return the structured answer, which the client has compared with its schema."""
    found = await session.call_tool(tool, arguments)
    assert not found.is_error, found.content
    table: dict[str, Any] = found.structured_content
    assert json.loads(found.content[0].text) == table  # type: ignore[union-attr]
    return table


#: What counts tokens, where it is installed.
TOKENS = Path(__file__).parent / "tokens"


def text_of(record: Mapping[str, str]) -> str:
    """Return a term as CSV writes it."""
    return record.get("iri") or record.get("text", "")


def rows_of(table: Mapping[str, Any]) -> Counter[tuple[str, ...]]:
    names = table["variables"]
    return Counter(
        tuple(text_of(row[name]) if name in row else "" for name in names) for row in table["rows"]
    )


def test_the_list_of_tools_is_short_and_all_of_them_only_read(client: FlaskClient) -> None:
    async def use(session: "ClientSession") -> "list[Tool]":
        return (await session.list_tools()).tools

    tools = asked(client, use)
    assert [row.name for row in tools] == [row.name for row in TOOLS]
    for row in tools:
        assert row.annotations.read_only_hint
        assert row.output_schema["required"]
    listed = [row.model_dump(by_alias=True, exclude_none=True, mode="json") for row in tools]
    sent = json.dumps(listed, separators=(",", ":"))
    # Three bytes a token is less than any tokenizer of English and JSON needs.
    assert len(sent.encode()) / 3 <= 2500
    if (TOKENS / "node_modules").is_dir() and (node := shutil.which("node")):
        command = [node, str(TOKENS / "count.js")]
        counted = subprocess.run(command, input=sent.encode(), capture_output=True, check=True)
        counts: dict[str, int] = json.loads(counted.stdout)
        assert counts.keys() == {"cl100k_base", "o200k_base"}
        print("tokens of the list of tools:", counts)
        assert 1000 < max(counts.values()) <= 2500
    else:
        assert "TOKENS" not in os.environ, "make agents installs what counts tokens"


def test_the_questions_are_answered_by_tools_alone_with_the_same_rows(client: FlaskClient) -> None:
    names = [path.stem for path in some_of(QUESTIONS, _SAMPLE)]

    async def use(session: "ClientSession") -> dict[str, dict[str, Any]]:
        listed = await called(session, "ask")
        assert {row["question"] for row in listed["questions"]} == {row.stem for row in QUESTIONS}
        return {name: await called(session, "ask", question=name) for name in names}

    folder = QUESTIONS[0].parent
    for name, table in asked(client, use).items():
        text = (folder / f"{name}.csv").read_text(encoding="utf-8")
        head, *body = csv.reader(io.StringIO(text, newline=""))
        assert table["variables"] == head, name
        assert rows_of(table) == Counter(map(tuple, body)), name
        assert f"question={name}" in table["cite"]
        assert f"release={table['release']}" in table["cite"]


def opposed(publication: Publication) -> list[set[str]]:
    """Return the sets of claims that contradict one another, read from the statements alone."""
    statements, groups = publication.statements, list[set[str]]()
    for row in statements.match(None, PL.contradicts):
        pair = {row.triple.subject.value, row.triple.object.value}  # type: ignore[union-attr]
        joined = [group for group in groups if group & pair]
        groups = [group for group in groups if not group & pair] + [pair.union(*joined)]
    return sorted(groups, key=min)


@pytest.fixture(scope="module")
def publication(release: Release, settings: Settings) -> Publication:
    return Publication.of(release, settings.knowledge)


def test_every_side_of_a_conflict_is_there_with_its_words_and_reserve(
    client: FlaskClient, publication: Publication
) -> None:
    groups = opposed(publication)
    assert len(groups) >= 50
    chosen = some_of(groups, _SAMPLE)

    async def use(session: "ClientSession") -> list[dict[str, Any]]:
        return [await called(session, "describe", iri=max(group)) for group in chosen]

    for group, table in zip(chosen, asked(client, use), strict=True):
        found = [
            {side["claim"]["iri"]: side for side in row["sides"]}
            for row in table["conflicts"]
            if row["kind"] == "contradiction"
        ]
        (sides,) = [row for row in found if max(group) in row]
        assert set(sides) == group
        for iri, side in sides.items():
            assert_grounded(publication, iri, side)


def assert_grounded(publication: Publication, iri: str, side: dict[str, Any]) -> None:
    """Compare a side with the statements about its claim."""
    statements = publication.statements
    passages = {row.value for row in statements.objects(NamedNode(iri), PL.evidencedBy)}  # type: ignore[union-attr]
    assert {row["iri"] for row in side["passages"]} == passages
    for passage in side["passages"]:
        assert passage["quotations"]
        assert passage["sources"]
    hedges = set(statements.objects(NamedNode(iri), PL.modality)) - {PL.Plain}
    assert len(side["hedges"]) == len(hedges)
    assert side["standing"] in ("followed", "disputed")
    assert side["rank"]


def test_other_values_than_the_one_followed_are_a_conflict(client: FlaskClient) -> None:
    async def use(session: "ClientSession") -> dict[str, Any]:
        return await called(session, "describe", iri="event:funcinpec-founding")

    table = asked(client, use)
    (dates,) = [
        row
        for row in table["conflicts"]
        if row["kind"] == "values" and row["property"]["iri"] == PL.date.value
    ]
    standings = {(row["value"]["text"], row["standing"]) for row in dates["sides"]}
    assert {standing for _, standing in standings} == {"followed", "disputed"}
    assert len({value for value, _ in standings}) > 1


def test_each_tool_names_the_release_and_an_address_that_answers(client: FlaskClient) -> None:
    party = "organisation:funcinpec"

    async def use(session: "ClientSession") -> dict[str, dict[str, Any]]:
        return {
            "search": await called(session, "search", query="funcinpek"),
            "describe": await called(session, "describe", iri=party),
            "as_of": await called(session, "as_of", iri=party, day="1975-01-01"),
            "why": await called(
                session, "why", subject=party, predicate="a", object="pl:Organisation"
            ),
            "sources_of": await called(session, "sources_of", iri=party),
            "sparql": await called(session, "sparql", query="ASK { ?s ?p ?o }"),
        }

    found = asked(client, use)
    iri = "https://w3id.org/partyline/id/organisation/funcinpec"
    assert found["search"]["results"][0]["iri"] == iri
    assert found["why"]["standing"] == "inferred"
    assert found["why"]["explanation"]["proofs"]
    assert found["sources_of"]["passages"][0]["quotations"]
    assert found["sparql"]["boolean"] is True
    assert found["as_of"]["held"] == "no"
    assert len(found["as_of"]["statements"]) < len(found["describe"]["statements"])
    standings = {row["standing"] for row in found["describe"]["statements"]}
    assert standings >= {"asserted", "inferred"}
    for table in found.values():
        _, _, path = table["cite"].partition("/partyline/")
        own = path.removeprefix(f"releases/{table['release']}/")
        assert client.get(f"/{own}").status_code in (200, 303), table["cite"]


def test_mistakes_are_told_so_that_they_can_be_corrected(client: FlaskClient) -> None:
    mistakes: list[tuple[str, dict[str, object], str]] = [
        ("describe", {"iri": "organisation:none-such"}, "No statement"),
        ("describe", {}, "'iri' is a required property"),
        ("search", {"query": "x", "limit": 3}, "limit"),
        ("ask", {"question": "none-such"}, "the questions are:"),
        ("sparql", {"query": "SELECT"}, "line 1"),
        ("sparql", {"query": "SELECT * { SERVICE <http://a.example/> { ?s ?p ?o } }"}, "SERVICE"),
        ("as_of", {"iri": CLAIM, "day": "yesterday"}, "1990-01-01"),
        ("none", {}, "the tools are search"),
    ]

    async def use(session: "ClientSession") -> None:
        for tool, arguments, message in mistakes:
            found = await session.call_tool(tool, arguments)
            assert found.is_error, tool
            assert message in found.content[0].text, found.content  # type: ignore[union-attr]

    asked(client, use)


#: It takes more time than the server of the tests gives a query, and its answer has one row.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?c < ?l) }"


def test_a_killer_query_ends_as_it_does_over_http(visited: Server) -> None:
    from agent_client import connected, run

    status, message, _ = visited.ask(ENDLESS, Accept="text/csv")
    assert status == 503
    large = RUNNING["cross product, distinct"]

    async def use() -> tuple[list[str], dict[str, Any]]:
        url, texts = f"http://127.0.0.1:{visited.port}/mcp", []
        async with connected(url) as session:
            for query in (ENDLESS, large):
                found = await session.call_tool("sparql", {"query": query})
                assert found.is_error
                texts.append(found.content[0].text)  # type: ignore[union-attr]
            return texts, await called(session, "search", query="Blechverein")

    (slow, long), after = run(use())
    assert slow.encode() in message
    assert "longer than 1 MiB" in long
    assert after["results"]  # any ontology has the tools


def test_the_command_answers_on_stdio(built_ensembles: Path) -> None:
    from agent_client import on_stdio, run

    async def use() -> tuple[list[str], dict[str, Any]]:
        settings = str(built_ensembles / "partyline.toml")
        async with on_stdio("mcp", "--settings", settings) as session:
            tools = await session.list_tools()
            return [row.name for row in tools.tools], await called(
                session, "sparql", query="SELECT ?s { ?s a ?type } LIMIT 3"
            )

    names, table = run(use())
    assert names == [row.name for row in TOOLS]
    assert len(table["rows"]) == 3


INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
FIELDS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


def test_a_message_is_answered_with_json_and_without_a_session(client: FlaskClient) -> None:
    found = client.post("/mcp", json=INITIALIZE, headers=FIELDS)
    assert found.status_code == 200
    assert found.mimetype == "application/json"
    assert "Mcp-Session-Id" not in found.headers
    result = json.loads(found.text)["result"]
    assert result["protocolVersion"] == "2025-06-18"
    assert "every side" in result["instructions"]


def test_a_message_is_answered_where_the_thread_runs_an_event_loop(client: FlaskClient) -> None:
    from agent_client import run

    async def use() -> int:
        return client.post("/mcp", json=INITIALIZE, headers=FIELDS).status_code

    assert run(use()) == 200


@pytest.mark.parametrize(
    ("fields", "body", "status"),
    [
        ({}, b"{", 400),
        ({"Accept": "text/html"}, b"{}", 406),
        ({"Content-Type": "text/plain"}, b"{}", 400),
        ({"MCP-Protocol-Version": "1999-01-01"}, json.dumps(INITIALIZE).encode(), 400),
    ],
)
def test_what_is_not_a_message_is_refused(
    client: FlaskClient, fields: dict[str, str], body: bytes, status: int
) -> None:
    assert client.post("/mcp", data=body, headers={**FIELDS, **fields}).status_code == status


def test_a_page_of_a_site_that_is_not_allowed_calls_no_tool(
    release: Release, settings: Settings, publication: Publication
) -> None:
    own = replace(settings, server=replace(settings.server, origins=("https://a.example",)))
    with QueryPool(release.store, replace(settings.limits, workers=1), {}) as pool:
        client = create_app(publication, pool, own).test_client()
        for origin, status in (
            ("https://w3id.org", 200),
            ("https://a.example", 200),
            ("http://127.0.0.1", 403),
            ("null", 403),
        ):
            fields = {**FIELDS, "Origin": origin}
            assert client.post("/mcp", json=INITIALIZE, headers=fields).status_code == status


@pytest.mark.parametrize("method", ["get", "delete", "put"])
def test_there_is_no_stream_and_no_session_to_end(client: FlaskClient, method: str) -> None:
    assert getattr(client, method)("/mcp").status_code == 405


def test_llms_txt_has_the_form_of_its_specification_and_links_that_answer(
    client: FlaskClient, publication: Publication
) -> None:
    found = client.get("/llms.txt")
    assert found.mimetype == "text/plain"
    lines = found.text.splitlines()
    assert lines[0] == f"# {publication.knowledge.title}"
    assert next(line for line in lines[1:] if line).startswith("> ")
    sections = [line for line in lines if line.startswith("## ")]
    assert sections == ["## Ask", "## Read", "## Cite", "## Optional"]
    for line in lines:
        if line.startswith("- ["):
            path = line.partition("/partyline/")[2].partition(")")[0]
            status = client.get(f"/{path}", follow_redirects=True).status_code
            assert status in (200, 400, 404, 405), line
