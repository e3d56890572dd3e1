"""Overrides of direction and control characters: on pages, on a terminal and in logs."""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from pyoxigraph import RdfFormat, parse

from command_line import partyline
from conftest import DATA
from ensembles_server import serving
from partyline.display import visible
from partyline.publishing import Publication
from partyline.releases import build
from partyline.settings import Checks, read_settings
from partyline.sparql import QueryPool
from partyline.web import create_app
from partyline.web.templating.template_output import Exact, prepare_output, shown, written

OVERRIDE, ESCAPE = "\u202egpj.exe", "\x1b[2J\x07\x9b31m"
HOSTILE = f"a{OVERRIDE}{ESCAPE}b"
HTML = {"Accept": "text/html"}
ALLOWED = {"\n", "\t"}


def harmful(text: str) -> set[str]:
    """The characters of *text* that a terminal or a browser obeys."""
    bidirectional = set(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
    found = {row for row in text if unicodedata.category(row) == "Cc" or row in bidirectional}
    return found - ALLOWED


def test_every_harmful_character_is_shown_as_an_escape_and_no_other() -> None:
    ascii_, blocks = map(chr, range(128)), range(0, 0x110000, 256)
    for text in (*ascii_, *("".join(map(chr, range(one, one + 256))) for one in blocks)):
        escapes = {ord(row): f"\\u{ord(row):04X}" for row in harmful(text)}
        assert visible(text) == text.translate(escapes)


@pytest.fixture
def hostile(ensembles: Path) -> Path:
    """A knowledge base with such a name, such a note and such a title."""
    return with_harmful_text(ensembles)


def with_harmful_text(ensembles: Path) -> Path:
    file = ensembles / "kb" / "ensembles.ttl"
    text = file.read_text(encoding="utf-8")
    assert '"Blechverein"@de' in text
    text = text.replace('"Blechverein"@de', f"{json.dumps(HOSTILE)}@de")
    file.write_text(text, encoding="utf-8")
    settings = ensembles / "partyline.toml"
    title = json.dumps(f"Ensembles {HOSTILE}")
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('"Ensembles of an invented town"', title), encoding="utf-8")
    return ensembles


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The application on it, for tests that read only."""
    place = tmp_path_factory.mktemp("hostile") / "ensembles"
    hostile = with_harmful_text(copytree(DATA / "ensembles", place))
    settings = read_settings(hostile / "partyline.toml", {})
    release = build(settings).release
    with QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool:
        publication = Publication.of(release, settings.knowledge)
        yield create_app(publication, pool, settings).test_client()


def test_pages_show_them_as_escapes(client: FlaskClient) -> None:
    select = quote("SELECT ?name { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?name }")
    graph = quote("CONSTRUCT WHERE { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?name }")
    for path in (
        *("/", "/doc/ensemble/brass-union.html", f"/sparql?query={select}"),
        *(f"/sparql?query={graph}", "/dataset", "/dumps/", f"/no{quote(HOSTILE)}"),
        f"/sparql?query=SELECT+%23{quote(OVERRIDE)}%0A+{quote(HOSTILE)}",
    ):
        text = client.get(path, headers=HTML).text
        # The editor holds the query as it was sent.
        before, _, rest = text.partition("<textarea")
        assert harmful(before + rest.partition("</textarea>")[2]) == set(), path
    assert "a\\u202Egpj.exe\\u001B[2J" in client.get("/", headers=HTML).text


def test_the_editor_keeps_the_query_as_it_was_sent(client: FlaskClient) -> None:
    query = f"ASK {{ ?s ?p 'a{OVERRIDE}' }}"
    text = client.get(f"/sparql?query={quote(query)}", headers=HTML).text
    assert OVERRIDE in text.partition("<textarea")[2].partition("</textarea>")[0]


@pytest.mark.parametrize("ending", ["ttl", "nt", "jsonld"])
def test_data_keep_them(client: FlaskClient, ending: str) -> None:
    content = client.get(f"/doc/ensemble/brass-union.{ending}").data
    syntax = RdfFormat.from_extension(ending)
    assert HOSTILE in {getattr(quad.object, "value", "") for quad in parse(content, format=syntax)}


def test_messages_in_plain_text_show_them_as_escapes(client: FlaskClient) -> None:
    for path in (
        f"/no{quote(HOSTILE)}",
        f"/id/{quote(HOSTILE)}",
        f"/resource?iri={quote(HOSTILE)}",
    ):
        response = client.get(path, headers={"Accept": "text/plain"})
        assert response.status_code in (400, 404)
        assert harmful(response.text) == set(), path


def test_a_terminal_shows_them_as_escapes(hostile: Path) -> None:
    settings = str(hostile / "partyline.toml")
    file = hostile / "kb" / "ensembles.ttl"
    good = file.read_text(encoding="utf-8")
    assert harmful(printed("build", "--settings", settings)) == set()
    query = "SELECT ?name { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?name }"
    shown = printed("query", "--settings", settings, query)
    assert "\\u202Egpj.exe" in shown
    assert harmful(shown) == set()
    file.write_text(f"{good}\n<urn:{OVERRIDE}> <urn:p{ESCAPE}> .", encoding="utf-8")
    assert harmful(printed("check", "--settings", settings)) == set()


def printed(*arguments: str) -> str:
    done = partyline(*arguments)
    return done.stdout + done.stderr


def test_logs_show_them_as_escapes(hostile: Path) -> None:
    build(read_settings(hostile / "partyline.toml", {}))
    with serving(hostile, ("--no-build",)) as server:
        server.get(f"/id/{quote(HOSTILE)}%0aFORGED", **{"User-Agent": "x"})
        server.get(f"/dumps/{quote(HOSTILE)}")
    assert harmful(server.log.read_text(encoding="utf-8")) == set()
    assert all(line.startswith("{") for line in server.log.read_text().splitlines())


def test_the_formal_proof_shows_them_in_iris_as_escapes(ensembles: Path) -> None:
    iri = f"https://music.example.org/id/ensemble/red{OVERRIDE}"
    for file in (ensembles / "kb").glob("*.ttl"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("ensemble:red-brass", f"<{iri}>"), encoding="utf-8")
    settings = replace(read_settings(ensembles / "partyline.toml", {}), checks=Checks())
    release = build(settings).release
    with QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool:
        publication = Publication.of(release, settings.knowledge)
        client = create_app(publication, pool, settings).test_client()
        statement = {
            "subject": f"<{iri}>",
            "predicate": "t:grewOutOf",
            "object": "ensemble:brass-union",
        }
        response = client.get("/why", query_string=statement, headers=HTML)
    assert response.status_code == 200, response.text
    assert "Formal proof" in response.text
    assert harmful(response.text) == set()


def environment_of_pages() -> Environment:
    environment = Environment(autoescape=True)
    prepare_output(environment)
    return environment


@given(st.text() | st.builds(Markup, st.text()) | st.builds(Exact, st.text()) | st.integers())
def test_what_a_template_writes_is_shown_and_escaped(value: object) -> None:
    assert written(value) == escape(shown(value))


@pytest.mark.parametrize("value", [HOSTILE, "<b>", Markup("<b>"), Exact("\u202e&"), 7, None])
def test_a_value_is_written_once_however_a_template_passes_it_on(value: object) -> None:
    template = "{% macro twice(it) %}{{ it }}{{ it }}{% endmacro %}{{ twice(value) }}{{ value }}"
    page = environment_of_pages().from_string(template).render(value=value)
    assert page == escape(shown(value)) * 3


def test_macros_are_called_as_by_jinja() -> None:
    template = """
    {% macro item(it, mark="-") %}{{ mark }}{{ it }}{{ caller() if caller }}{% endmacro %}
    {% macro list(rows) %}{% for it in rows %}{{ item(it, mark=loop.index) }}{% endfor %}
    {%- endmacro %}
    {% block all %}{% for it in rows %}{{ list([it, it]) }}{{ named() }}{% endfor %}{% endblock %}
    {% call item("last") %}<b>{{ rows[0] }}</b>{% endcall %}"""

    @pass_context
    def named(context: Context) -> str:
        return f"{context['rows'][0]}!"

    def page(kind: type[Context]) -> str:
        environment = environment_of_pages()
        environment.context_class = kind
        return environment.from_string(template).render(rows=["<a>", "b"], named=named)

    assert environment_of_pages().context_class is not Context
    assert page(environment_of_pages().context_class) == page(Context)
    assert "1&lt;a&gt;2&lt;a&gt;&lt;a&gt;!" in page(Context)


def test_templates_are_compiled_to_write_each_value_by_one_call() -> None:
    assert "environment.written(" in str(environment_of_pages().compile("{{ value }}", raw=True))
