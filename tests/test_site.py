"""What a publisher changes of the site: texts, looks, templates, language, images."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import jinja2
import pytest
from flask.testing import FlaskClient

from partyline.dataset.graph_names import GRAPHS, QUESTIONS, VIEWS, graph_summary
from partyline.errors import RequestError, SettingsError
from partyline.publishing import Publication
from partyline.publishing.pages.ontology import term_page
from partyline.publishing.pages.ontology import terms as ontology_terms
from partyline.publishing.statements import Standing
from partyline.releases import build
from partyline.settings import read_settings
from partyline.sparql import QueryPool
from partyline.sparql.hints import Message
from partyline.web import create_app
from partyline.web.templating.markdown_text import MarkdownText
from partyline.web.templating.site import direction

TEMPLATES = Path(__file__).parents[1] / "server" / "partyline" / "web" / "templates"
BASE = "https://data.example.org/"
PICTURE = "https://pictures.example.net/c.png"
DATA = f"""\
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
<{BASE}id/ada> a foaf:Person ; foaf:name "Ada" ;
    foaf:depiction <https://pictures.example.net/a.png> ;
    <{BASE}photo> <https://pictures.example.net/b.png> .
<{BASE}id/bob> a foaf:Person ; foaf:name "Bob" .
<{BASE}id/cai> rdfs:label "عدا"@ar ; schema:image [ schema:contentUrl "{PICTURE}" ] .
"""
Site = Callable[[str], FlaskClient]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A function that publishes two people with further settings and returns a client."""
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "people.ttl").write_text(DATA, encoding="utf-8")
    file = tmp_path / "partyline.toml"
    with ExitStack() as stack:

        def publish(more: str) -> FlaskClient:
            knowledge = f'[knowledge]\ntitle = "People"\nbase = "{BASE}"\n'
            file.write_text(knowledge + more, encoding="utf-8")
            settings = read_settings(file)
            release = build(settings).release
            publication = Publication.of(release, settings.knowledge)
            pool = stack.enter_context(
                QueryPool(release.store, settings.limits, release.manifest.prefixes)
            )
            return create_app(publication, pool, settings).test_client()

        yield publish


def page(client: FlaskClient, path: str = "/") -> str:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 200
    return response.text


def test_the_home_page_begins_with_the_publishers_text(site: Site, tmp_path: Path) -> None:
    (tmp_path / "home.md").write_text("## Welcome\n\nSee [all](/browse/?class=x).\n", "utf-8")
    client = site('[site]\nhome = "home.md"\nfooter = "Made by *us*."\n')

    home = page(client)
    assert "<h2>Welcome</h2>" in home
    assert home.index("Welcome") < home.index("<dt>asserted")
    assert "Made by <em>us</em>." in home
    assert "Made by <em>us</em>." in page(client, "/doc/ada.html")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '<img src=x onerror="alert(1)">',
        "![x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:alert)",
        "<a href='javascript:x'>",
    ],
)
def test_markdown_makes_no_scripts(text: str) -> None:
    html = MarkdownText(text)()

    assert not re.search(r"<(script|img|a)\b[^>]*(on\w+=|javascript:|vbscript:|data:text)", html)
    assert "<script" not in html


def test_links_of_a_text_begin_with_the_prefix_of_the_server(site: Site, tmp_path: Path) -> None:
    (tmp_path / "home.md").write_text("[a](/dumps/) [b](https://e.example/) ![c](/static/c.png)")
    client = site('[site]\nhome = "home.md"\n')

    text = client.get("/", headers={"Accept": "text/html"}, base_url="http://h.example/data").text

    assert 'href="/data/dumps/">a' in text
    assert 'href="https://e.example/">b' in text
    assert 'src="/data/static/c.png"' in text


def test_another_site_of_the_process_compiles_no_template_and_has_its_own_addresses(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = page(site('[site]\nlink_colour = "#123456"\n'))

    def refuse(*arguments: object) -> str:
        raise AssertionError(f"compiled again: {arguments[1]}")

    monkeypatch.setattr(jinja2.Environment, "compile", refuse)
    other = page(site('[site]\nlink_colour = "#654321"\n'))
    styles = [re.findall(r"/static/site\.\w+\.css", text) for text in (one, other)]
    assert len(styles[0]) == len(styles[1]) == 1
    assert styles[0] != styles[1]


def test_logo_colours_and_stylesheet_are_served(site: Site, tmp_path: Path) -> None:
    (tmp_path / "our logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (tmp_path / "our.css").write_text("h1 { color: red; }")
    client = site(
        '[site]\nlogo = "our logo.svg"\nlink_colour = "#123456"\naccent_colour = "teal"\n'
        'stylesheet = "our.css"\n'
    )
    home = page(client)

    logo = re.search(r'<img src="(/static/logo\.[0-9a-f]+\.svg)"', home)
    style = re.search(r'<link rel="stylesheet" href="(/static/site\.[0-9a-f]+\.css)"', home)
    assert logo
    assert style
    assert client.get(logo[1]).mimetype == "image/svg+xml"
    css = client.get(style[1]).text
    assert "--link: #123456;" in css
    assert "--accent: teal;" in css
    assert "h1 { color: red; }" in css
    assert home.index("/static/style.") < home.index("/static/site.")


def test_a_template_replaces_or_extends_that_of_the_program(site: Site, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "error.html").write_text("Nothing here: {{ message }}")
    (tmp_path / "templates" / "home.html").write_text(
        '{% extends "partyline/home.html" %}{% block content %}OURS{{ super() }}{% endblock %}'
    )
    client = site('[site]\ntemplates = "templates"\n')

    home = page(client)
    assert "OURS" in home
    assert "asserted" in home
    missing = client.get("/id/nobody", headers={"Accept": "text/html"}).text
    assert missing.startswith("Nothing here: No statement here mentions &lt;")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('templates = "t"', r"t/home.html:2: .*end of template"),
        ('templates = "none"', "no such folder"),
        ('home = "none.md"', "site.home: .*none.md: cannot be read"),
        ('logo = "none.png"', "site.logo: .*cannot be read"),
        ('logo = "logo.exe"', "must end in one of .gif"),
        ('link_colour = "red; }"', "must be a colour of CSS"),
        ('language = "English"', ""),
        ('language = "not a tag"', "must be a language tag"),
    ],
)
def test_what_cannot_be_shown_is_an_error_at_the_start(
    site: Site, tmp_path: Path, more: str, message: str
) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "home.html").write_text("{% if x %}\n{{ y")
    if not message:
        site(f"[site]\n{more}\n")
        return
    with pytest.raises(SettingsError, match=message):
        site(f"[site]\n{more}\n")


def test_file_and_line_of_a_statement_lead_to_where_it_is_corrected(site: Site) -> None:
    plain = page(site(""), "/doc/ada.html")
    assert "kb/people.ttl" in plain
    assert "correct this" not in plain
    template = "https://git.example.org/edit/main/{file}#L{line}"
    text = page(site(f'[site]\ncorrections = "{template}"\n'), "/doc/ada.html")
    found = re.findall(r'href="https://git\.example\.org/edit/main/kb/people\.ttl#L(\d+)"', text)

    lines = DATA.splitlines()
    assert found
    assert any("ada" in lines[int(number) - 1].lower() for number in found)
    assert all(0 < int(number) <= len(lines) for number in found)
    assert "A line leads to where it is corrected." in text


def test_where_a_proof_says_asserted_leads_to_where_it_is_corrected(site: Site) -> None:
    statement = f"?subject={BASE}id/ada&predicate=a&object=foaf:Person"
    plain = re.search(
        r"Asserted in kb/people\.ttl:(\d+)\.", page(site(""), f"/why.html{statement}")
    )
    assert plain is not None
    template = "https://git.example.org/edit/main/{file}#L{line}"
    text = page(site(f'[site]\ncorrections = "{template}"\n'), f"/why.html{statement}")
    address = template.format(file="kb/people.ttl", line=plain[1])
    assert f'Asserted in <a class="correct" href="{address}"' in text


@pytest.mark.parametrize("wrong", ["edit/{file}", "https://e.org/{path}", "javascript:{file}"])
def test_an_address_of_corrections_is_checked(site: Site, wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"site\.corrections is .*\{file\} and \{line\}"):
        site(f'[site]\ncorrections = "{wrong}"\n')


def test_the_language_says_the_direction_and_words_are_translated(site: Site) -> None:
    client = site('[site]\nlanguage = "ar"\n[words]\n"Browse" = "تصفح"\n"Statements" = "عبارات"\n')

    home = page(client)
    assert '<html lang="ar" dir="rtl">' in home
    assert ">تصفح</a>" in home
    assert ">عبارات</h2>" in page(client, "/doc/ada.html")


def test_a_translation_cannot_become_markup(site: Site) -> None:
    assert "<b>x</b>" not in page(site('[words]\n"Browse" = "<b>x</b>"\n'))


@pytest.mark.parametrize(
    ("language", "expected"),
    [("he", "rtl"), ("fa-IR", "rtl"), ("az-Arab", "rtl"), ("ks-Deva", "ltr"), ("km", "ltr")],
)
def test_the_direction_of_a_language(language: str, expected: str) -> None:
    assert direction(language) == expected


def test_every_word_of_the_pages_is_listed_for_translators() -> None:
    shown = (TEMPLATES.parents[3] / "docs" / "reference" / "words.md").read_text(encoding="utf-8")
    words = {
        word
        for file in TEMPLATES.glob("*.html")
        for word in re.findall(r'\b_\("([^"]+)"\)', file.read_text(encoding="utf-8"))
    }
    words |= {*ontology_terms.WORDS, *term_page.WORDS, *Standing}
    words |= set(map(graph_summary, (*GRAPHS, *VIEWS, QUESTIONS)))
    words |= set(Message)
    errors = [RequestError]
    for error in errors:
        errors += error.__subclasses__()
        words.add(error.status.phrase)
    assert words == set(re.findall(r"^- `(.+)`$", shown, re.MULTILINE))


def test_the_language_of_the_names_is_that_of_the_pages_and_english_words_are_marked(
    site: Site,
) -> None:
    client = site('languages = ["he"]\n[words]\n"Search" = "חיפוש"\n')
    text = page(client, "/doc/ada.html")

    assert '<html lang="he" dir="rtl">' in text
    assert '<span lang="en" dir="ltr">Statements</span>' in text
    assert ">חיפוש</a>" in text
    # Attributes hold no elements.
    assert not re.search(r'="[^"]*<span', page(client, "/search?q=ada") + page(client))
    assert "<span" not in text.partition("<title>")[2].partition("</title>")[0]


def test_a_heading_has_the_language_and_direction_of_its_name(site: Site) -> None:
    client = site('languages = ["en", "ar"]\n')

    assert '<h1 lang="ar" dir="rtl">عدا</h1>' in page(client, "/doc/cai.html")
    assert '<h1 dir="auto">Ada</h1>' in page(client, "/doc/ada.html")
    assert '<html lang="en">' in page(client)


def test_a_page_shows_the_image_of_its_resource(site: Site) -> None:
    client = site("")

    ada = client.get("/doc/ada.html")
    assert '<img src="https://pictures.example.net/a.png" alt="Ada"' in ada.text
    assert "img-src 'self' data: https: http:" in ada.headers["Content-Security-Policy"]
    assert "pictures.example.net" not in page(client, "/doc/bob.html")


def test_an_image_may_be_described_by_a_node_of_its_own(site: Site) -> None:
    assert f'<img src="{PICTURE}"' in page(site(""), "/doc/cai.html")


def test_the_image_property_is_a_setting(site: Site) -> None:
    client = site(f'images = ["{BASE}photo"]\n')

    assert '<img src="https://pictures.example.net/b.png"' in page(client, "/doc/ada.html")


def test_images_from_elsewhere_are_allowed_only_where_resources_have_some(site: Site) -> None:
    client = site(f'images = ["{BASE}none"]\n')

    policy = client.get("/doc/ada.html").headers["Content-Security-Policy"]
    assert "img-src 'self' data:;" in policy
