"""Pictures of lineage: the model from queries, and what the pages answer."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from partyline.errors import SourceError
from partyline.publishing import Publication
from partyline.publishing.lineage import Entry
from partyline.publishing.lineage.answers import lineage, span_of
from partyline.publishing.lineage.axis import Axis, decimal
from partyline.publishing.lineage.layout import layout
from partyline.publishing.lineage.model import Lineage, Span
from partyline.publishing.lineage.scale import Options
from partyline.releases import LINEAGE_QUERIES, build, read_lineage_queries
from partyline.settings import read_settings
from partyline.sparql import QueryPool
from partyline.web import create_app

HTML = {"Accept": "text/html"}
OPTIONS = Options(date(2026, 1, 1))


def drawn(**answers: list[dict[str, str]]) -> Lineage:
    return lineage({name: tuple(rows) for name, rows in answers.items()})


def bars(*names: str) -> list[dict[str, str]]:
    return [{"bar": name} for name in names]


def joined(kind: str, source: str, target: str, **more: str) -> dict[str, str]:
    return {"kind": kind, "from": source, "to": target, **more}


# The model


def test_claims_that_only_say_less_do_not_make_a_dispute() -> None:
    begins = [{"bar": "a", "date": "1951", "event": "e"}]
    agreeing = drawn(
        bars=bars("a"),
        begins=begins,
        claims=[{"event": "e", "date": text} for text in ("1951", "1951-09", "1951-09-30")],
    )
    edge = agreeing.bars["a"].begin
    assert edge is not None
    assert not edge.is_contested
    assert [text for text, _ in edge.claims] == ["1951-09-30"]


def test_claims_of_days_that_cannot_both_be_right_are_a_dispute() -> None:
    claims = [{"event": "e", "date": text} for text in ("1951-06-28", "1951-09", "1951")]
    found = drawn(
        bars=bars("a"), begins=[{"bar": "a", "date": "1951", "event": "e"}], claims=claims
    )
    edge = found.bars["a"].begin
    assert edge is not None
    assert edge.is_contested
    assert [text for text, _ in edge.claims] == ["1951-06-28", "1951-09"]


def test_an_accepted_event_is_drawn_before_a_disputed_one_and_a_founding_before_a_split() -> None:
    rows = [
        {"bar": "a", "date": "1990", "event": "disputed", "disputed": "true", "rank": "0"},
        {"bar": "a", "date": "1991", "event": "split", "rank": "2"},
        {"bar": "a", "date": "1992", "event": "founding", "rank": "0"},
        {"bar": "a", "date": "no date", "event": "nonsense", "rank": "0"},
    ]
    edge = drawn(bars=bars("a"), begins=rows).bars["a"].begin
    assert edge is not None
    assert edge.event == "founding"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1985", Span(date(1985, 1, 1), date(1985, 12, 31))),
        ("[..1985]", Span(None, date(1985, 12, 31))),
        ("soon", Span(None, None)),
    ],
)
def test_a_span_is_that_of_the_date(text: str, span: Span) -> None:
    assert span_of(text) == span


def test_a_line_reaches_over_joins_in_both_directions_but_not_over_wings_or_disputes() -> None:
    found = drawn(
        bars=bars("a", "b", "c", "wing", "whole", "other"),
        joins=[
            joined("succeeded", "a", "b"),
            joined("split", "b", "c"),
            joined("wing", "b", "wing"),
            joined("wing", "whole", "c"),
            joined("merged", "other", "c", disputed="true", join="j"),
        ],
    )
    chosen = found.around("b")
    assert chosen.line == {"a", "b", "c"}
    assert chosen.wholes == {"whole"}
    assert chosen.wings == {"wing"}
    assert found.near("a").all == {"a", "b"}


# The layout


def chain() -> Lineage:
    years = {"a": ("1930", "1951"), "b": ("1951", "1960"), "c": ("1960", "1981"), "d": ("1996", "")}
    return drawn(
        bars=bars(*years),
        begins=[{"bar": name, "date": first} for name, (first, _) in years.items()],
        ends=[{"bar": name, "date": last} for name, (_, last) in years.items() if last],
        joins=[
            joined("renamed", "a", "b"),
            joined("succeeded", "b", "c"),
            joined("left", "c", "d"),
        ],
    )


def test_what_continues_stays_in_its_row_and_what_splits_off_gets_one() -> None:
    picture = layout(chain(), str, OPTIONS)
    tops = {box.bar.iri: box.top for box in picture.bars}
    assert tops["a"] == tops["b"] == tops["c"]
    assert tops["d"] > tops["c"]
    assert [(cut.join.kind, cut.join.targets) for cut in picture.cuts] == [
        ("renamed", ("b",)),
        ("succeeded", ("c",)),
    ]
    assert [(path.source, path.target) for path in picture.joins] == [("c", "d")]


def test_a_soft_end_reaches_over_exactly_what_is_not_known() -> None:
    picture = layout(chain(), str, OPTIONS)
    axis, box = picture.axis, picture.bars[0]
    assert box.ends.first == axis.x(1930)
    assert box.ends.full == axis.x(1931)
    assert box.ends.partial == axis.x(1951)
    assert box.ends.last == axis.x(1952)


def test_no_end_is_invented() -> None:
    picture = layout(chain(), str, OPTIONS)
    box = next(box for box in picture.bars if box.bar.iri == "d")
    assert box.open_end
    assert box.ends.partial == box.ends.full == picture.axis.x(1997)


def test_a_bar_without_any_date_is_named_and_not_placed() -> None:
    found = drawn(bars=bars("a", "lost"), begins=[{"bar": "a", "date": "1990"}])
    picture = layout(found, str, OPTIONS)
    assert [box.bar.iri for box in picture.bars] == ["a"]
    assert [bar.iri for bar in picture.undated] == ["lost"]


def test_a_label_keeps_clear_of_the_join_that_its_wing_hangs_on() -> None:
    years = {"whole": "1900", "wing": "1980/1982"}
    found = drawn(
        bars=bars(*years),
        begins=[{"bar": name, "date": day} for name, day in years.items()],
        joins=[joined("wing", "whole", "wing")],
    )
    picture = layout(found, str, OPTIONS)
    (x, _), _ = picture.joins[0].corners
    wing = next(box for box in picture.bars if box.bar.iri == "wing")
    assert wing.ends.first < x, "the label would begin before the join"
    assert all(line.x > x for line in wing.label)


@pytest.mark.parametrize(("last", "label"), [("1990", "State (until 1990)"), ("1935", "State")])
def test_a_state_that_is_too_narrow_for_its_name_is_named_without_its_years(
    last: str, label: str
) -> None:
    found = drawn(
        bars=[{"bar": "party"}, {"bar": "state", "kind": "context"}],
        begins=[{"bar": "party", "date": "1930"}, {"bar": "state", "date": "1930"}],
        ends=[{"bar": "state", "date": last}],
    )
    picture = layout(found, {"party": "party", "state": "State (until 1990)"}.__getitem__, OPTIONS)
    (box,) = picture.contexts
    assert box.label is not None
    assert box.label.text == label


def test_nothing_within_the_years_of_a_lens_is_an_empty_picture() -> None:
    picture = layout(chain(), str, replace(OPTIONS, years=(1800.0, 1810.0)))
    assert picture.bars == ()
    assert picture.outline == ()


def test_the_list_has_every_bar_once_below_what_it_came_from() -> None:
    def names(entries: tuple[Entry, ...]) -> Iterator[tuple[str, str, int]]:
        for entry in entries:
            yield entry.bar.iri, entry.relation, len(entry.children)
            yield from names(entry.children)

    assert list(names(layout(chain(), str, OPTIONS).outline)) == [
        ("a", "", 0),
        ("b", "formerly a", 0),
        ("c", "succeeded b", 1),
        ("d", "founded by one who left c", 0),
    ]


def test_circles_of_joins_end() -> None:
    found = drawn(
        bars=bars("a", "b", "c"),
        begins=[{"bar": name, "date": "1990"} for name in "abc"],
        joins=[joined("succeeded", *pair) for pair in ("ab", "bc", "ca")]
        + [joined("merged", *pair) for pair in ("ab", "ba", "bc", "cb")],
    )
    assert {box.bar.iri for box in layout(found, str, OPTIONS).bars} == {"a", "b", "c"}
    assert found.line_of("a") == {"a", "b", "c"}


def test_an_axis_is_linear_and_marks_round_years() -> None:
    axis = Axis(1930, 2030, 0, 1000)
    assert axis.x(1980) == 500
    assert axis.ticks()[:3] == (1930, 1935, 1940)
    assert decimal(date(2000, 12, 31), end=True) == 2001


# The queries


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"begins.rq": "SELECT ?bar ?date {}"}, "bars.rq: is missing"),
        ({"bars.rq": "SELECT ?thing { ?thing ?p ?o }"}, "does not select ?bar"),
        ({"bars.rq": "SELECT ?bar {", "ends.rq": ""}, "bars.rq: line 1"),
        (
            {"bars.rq": "SELECT ?bar {}", "boats.rq": ""},
            "boats.rq: is not the name of a lineage query",
        ),
        ({"bars.rq": "SELECT ?bar { SERVICE <http://x.example/> {} }"}, "SERVICE"),
    ],
)
def test_a_wrong_query_stops_the_build_with_its_name(
    tmp_path: Path, files: dict[str, str], message: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=re.escape(message)):
        read_lineage_queries(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"knowledge\.lineage"):
        read_lineage_queries(tmp_path / "absent")


# The pages


def read(client: FlaskClient, path: str) -> dict[str, Any]:
    response = client.get(path)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = json.loads(response.text)
    return found


def test_a_line_as_json_has_bounds_joins_and_claims(client: FlaskClient) -> None:
    found = read(client, "/lineage/indochinese-communist-party.json")
    names = {row["name"]: row for row in found["bars"]}
    kprp = names["Khmer People's Revolutionary Party"]
    assert kprp["begin"]["date"] == "[1951-06-28,1951-08,1951-09]"
    assert len(kprp["begin"]["claims"]) > 2
    kinds = {row["kind"] for row in found["joins"]}
    assert {"divided", "renamed", "succeeded"} <= kinds
    assert found["axis"]["low"] == 1930


def test_a_picture_is_offered_as_page_svg_and_json(client: FlaskClient) -> None:
    for accept, kind in (
        ("text/html", "text/html"),
        ("image/svg+xml", "image/svg+xml"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
    ):
        response = client.get("/lineage/funcinpec", headers={"Accept": accept})
        assert (response.status_code, response.mimetype) == (200, kind)
        assert response.headers["Content-Location"].startswith("/lineage/funcinpec.")
    assert client.get("/lineage/funcinpec.svg").headers["ETag"]
    assert client.get("/timeline", headers=HTML).status_code == 200


def test_the_style_of_a_picture_is_allowed_by_its_hash_alone(client: FlaskClient) -> None:
    response = client.get("/lineage/funcinpec.svg")
    style = re.search("<style>(.*?)</style>", response.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = response.headers["Content-Security-Policy"]
    assert f"'sha256-{digest}'" in policy
    assert "unsafe-inline" not in policy
    assert "X-Embedded-Style" not in response.headers
    assert "sha256" not in client.get("/timeline").headers["Content-Security-Policy"]


def test_the_list_says_what_the_picture_says(client: FlaskClient) -> None:
    page = client.get("/lineage/funcinpec", headers=HTML).text
    picture, _, listed = page.partition("The same as a list")
    for row in read(client, "/lineage/funcinpec.json")["bars"]:
        assert row["name"] in picture.replace("</text>", "") or row["name"].split()[0] in picture
        assert row["name"] in listed
        for mark in row["marks"]:
            assert mark["name"] in listed


def test_a_lens_shows_what_lies_within(client: FlaskClient) -> None:
    path = "/lineage/indochinese-communist-party.json"
    everything = {row["iri"] for row in read(client, path)["bars"]}
    within = {row["iri"] for row in read(client, path + "?from=1996&to=2000")["bars"]}
    assert within < everything
    assert within


@pytest.mark.parametrize(
    "query", ["from=1990", "from=1990&to=1980", "from=x&to=y", "from=nan&to=1"]
)
def test_wrong_years_are_refused(client: FlaskClient, query: str) -> None:
    response = client.get(f"/lineage/funcinpec?{query}")
    assert response.status_code == 400
    assert "year" in response.text


def test_what_is_not_in_the_lineage_has_no_picture(client: FlaskClient) -> None:
    assert client.get("/lineage/nobody").status_code == 404
    assert client.get("/lineage/funcinpec.gif").status_code == 404
    assert client.get("/timeline.pdf").status_code == 404


def test_the_page_of_an_organisation_has_a_small_picture(client: FlaskClient) -> None:
    page = client.get("/doc/organisation/funcinpec.html").text
    source = re.search(r'<img src="(/lineage/[^"]+)"', page)
    assert source is not None
    small = client.get(source[1])
    assert (small.status_code, small.mimetype) == (200, "image/svg+xml")
    assert "/lineage/" not in client.get("/doc/person/pol-pot.html").text


# Another ontology


@pytest.fixture
def music(ensembles: Path) -> Iterator[FlaskClient]:
    """The second knowledge base with dates, and queries that make bars of ensembles."""
    folder = ensembles / "ontology" / "lineage"
    folder.mkdir()
    prefix = (
        "PREFIX t: <https://music.example.org/terms#>\nPREFIX dct: <http://purl.org/dc/terms/>\n"
    )
    queries = {
        "bars": "SELECT ?bar { ?bar a t:Ensemble }",
        "begins": "SELECT ?bar ?date { ?bar dct:issued ?date }",
        "joins": 'SELECT ("split" AS ?kind) ?from ?to { ?to t:grewOutOf ?from }',
    }
    assert queries.keys() <= LINEAGE_QUERIES.keys()
    for name, text in queries.items():
        (folder / f"{name}.rq").write_text(prefix + text, encoding="utf-8")
    data = ensembles / "kb" / "ensembles.ttl"
    text = data.read_text(encoding="utf-8")
    for number, name in enumerate(("brass-union", "new-brass-union", "red-brass")):
        text = text.replace(
            f"ensemble:{name}\n    a t:Ensemble ;",
            f'ensemble:{name}\n    a t:Ensemble ;\n    dct:issued "19{number}0" ;',
        )
    hostile = '"</text><script>alert(1)</script>&\\u202e"@de'
    data.write_text(text.replace('"Rotes Blech"@de', hostile), encoding="utf-8")
    file = ensembles / "partyline.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("kb = ", 'lineage = "ontology/lineage"\nkb = '), encoding="utf-8")
    settings = read_settings(file, {})
    release = build(settings).release
    with QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool:
        yield create_app(Publication.of(release, settings.knowledge), pool, settings).test_client()


def test_another_ontology_draws_its_own_lines(music: FlaskClient) -> None:
    found = read(music, "/lineage/brass-union.json")
    names = {row["iri"].rpartition("/")[2] for row in found["bars"]}
    assert names == {"brass-union", "new-brass-union", "red-brass"}
    page = music.get("/timeline", headers=HTML)
    assert page.status_code == 200
    assert "Neuer" in page.text


def test_hostile_names_stay_text_that_changes_nothing_around_it(music: FlaskClient) -> None:
    for path in ("/timeline.svg", "/timeline.html", "/lineage/red-brass.svg"):
        response = music.get(path, headers=HTML)
        assert response.status_code == 200
        assert "<script>" not in response.text
        assert "\u202e" not in response.text
        assert "\\u202E" in response.text


def test_a_dataset_without_lineage_says_so(tmp_path: Path) -> None:
    source = Path(__file__).parent / "data" / "ensembles" / "partyline.toml"
    settings = replace(read_settings(source, {}), releases=tmp_path)
    release = build(settings).release
    with QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool:
        client = create_app(
            Publication.of(release, settings.knowledge), pool, settings
        ).test_client()
        response = client.get("/timeline")
        assert response.status_code == 404
        assert "no lineage" in response.text
        assert "/timeline" not in client.get("/", headers=HTML).text
