"""IRIs that were published and are described no more: they lead on, or say that they are gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from command_line import partyline
from partyline.dataset import Dictionary
from partyline.dataset.alignment import aligned
from partyline.errors import ChecksFailed
from partyline.publishing import Publication
from partyline.releases import build, current_release
from partyline.releases.history.retired_iris import RetiredIri, RetiredIris, encoded
from partyline.settings import Settings, read_settings
from partyline.sparql import QueryPool
from partyline.web import create_app
from test_publishing import add

THINGS = "https://music.example.org/id/ensemble/"
DCT = "@prefix dct: <http://purl.org/dc/terms/> .\n"
LABEL = 'rdfs:label "Altes Blech"@de'


@pytest.fixture
def settings(ensembles: Path) -> Settings:
    return read_settings(ensembles / "partyline.toml")


def state(settings: Settings, turtle: str) -> None:
    """Write what more the knowledge says, in place of what it said before."""
    add(settings.path.parent, turtle, DCT)


@contextmanager
def serving(settings: Settings) -> Iterator[FlaskClient]:
    release = current_release(settings.releases)
    publication = Publication.of(release, settings.knowledge)
    with QueryPool(release.store, settings.limits, {}, f"{THINGS}sparql") as pool:
        yield create_app(publication, pool, settings).test_client()


def test_a_build_that_loses_an_iri_stops_and_names_it_with_the_remedy(settings: Settings) -> None:
    state(settings, f"ensemble:old a t:Ensemble ; {LABEL} .")
    before = build(settings).release
    state(settings, "")
    with pytest.raises(ChecksFailed) as failed:
        build(settings)
    message = str(failed.value)
    assert f"<{THINGS}old> was published" in message
    assert "[lost-iri]" in message
    for remedy in ("dct:isReplacedBy", "owl:deprecated true", "--withdraw-lost-iris"):
        assert remedy in message
    assert current_release(settings.releases).path == before.path


def test_a_check_finds_what_would_stop_the_build(settings: Settings) -> None:
    file = ("--settings", settings.path)
    state(settings, f"ensemble:old a t:Ensemble ; {LABEL} .")
    build(settings)
    assert partyline("check", *file).returncode == 0
    state(settings, "")
    with pytest.raises(ChecksFailed) as failed:
        build(settings)
    done = partyline("check", *file)
    assert done.returncode == 1
    assert str(failed.value) in done.stdout
    # Files that are given are a part, and what is broken hides what it describes.
    assert "lost-iri" not in partyline("check", *file, settings.knowledge.kb).stdout
    state(settings, "ensemble:old a ")
    assert "lost-iri" not in partyline("check", *file).stdout


def test_many_lost_iris_are_counted(settings: Settings) -> None:
    state(settings, "".join(f"ensemble:old-{row} a t:Ensemble ; {LABEL} .\n" for row in range(50)))
    build(settings)
    state(settings, "")
    with pytest.raises(ChecksFailed, match="and 30 more findings with this code"):
        build(settings)


def test_an_iri_that_is_only_mentioned_was_not_published(settings: Settings) -> None:
    state(settings, "ensemble:red-brass rdfs:seeAlso ensemble:only-mentioned .")
    build(settings)
    state(settings, "")
    build(settings)


def test_an_iri_elsewhere_may_disappear(settings: Settings) -> None:
    state(settings, f"<https://elsewhere.example/x> {LABEL} .")
    build(settings)
    state(settings, "")
    build(settings)


def test_what_is_the_same_as_something_described_is_not_lost(settings: Settings) -> None:
    state(settings, f"ensemble:old a t:Ensemble ; {LABEL} .")
    build(settings)
    state(settings, "ensemble:red-brass owl:sameAs ensemble:old .")
    build(settings)


def test_a_merged_iri_leads_to_the_other_after_its_statements_are_gone(settings: Settings) -> None:
    state(settings, f"ensemble:old a t:Ensemble ; {LABEL} .")
    build(settings)
    state(
        settings,
        "ensemble:old owl:deprecated true ; dct:isReplacedBy ensemble:red-brass .\n"
        'ensemble:made-up owl:deprecated true ; rdfs:comment "No town\\thad it."@en .',
    )
    declared = build(settings).release
    assert not declared.retired
    for more in ("", "ensemble:red-brass rdfs:comment 'More.' ."):  # and it is passed on
        state(settings, more)
        release = build(settings).release
        assert list(release.retired) == [
            RetiredIri(f"{THINGS}made-up", "", "No town had it."),
            RetiredIri(f"{THINGS}old", f"{THINGS}red-brass"),
        ]
    with serving(settings) as client:
        for path, location in (
            ("/id/ensemble/old", "/id/ensemble/red-brass"),
            ("/doc/ensemble/old", "/doc/ensemble/red-brass"),
            ("/doc/ensemble/old.ttl", "/doc/ensemble/red-brass.ttl"),
            (f"/resource.ttl?iri={THINGS}old", f"/resource.ttl?iri={THINGS}red-brass"),
        ):
            response = client.get(path)
            assert (response.status_code, response.location) == (301, location)
        for path in ("/id/ensemble/made-up", "/doc/ensemble/made-up.nt"):
            response = client.get(path)
            assert response.status_code == 410
            assert "No town had it." in response.text
        assert client.get("/id/ensemble/never").status_code == 404


def test_lost_iris_may_be_withdrawn_once(settings: Settings) -> None:
    state(settings, f"ensemble:old a t:Ensemble ; {LABEL} .\n<{THINGS}list#one> {LABEL} .")
    build(settings)
    state(settings, "ensemble:red-brass rdfs:seeAlso ensemble:old .")
    file = ("--settings", settings.path)
    assert partyline("build", *file).returncode == 1
    done = partyline("build", *file, "--withdraw-lost-iris")
    assert done.returncode == 0
    assert f"warning: <{THINGS}old> was published" in done.stderr
    done = partyline("build", *file)
    assert done.returncode == 0
    assert "published" not in done.stderr
    with serving(settings) as client:
        assert client.get("/id/ensemble/old").status_code == 410  # though a statement mentions it
        assert client.get("/id/ensemble/list").status_code == 410
        assert client.get(f"/resource.ttl?iri={THINGS}list%23one").status_code == 410


def test_an_iri_that_is_described_again_is_there_again(settings: Settings) -> None:
    withdrawing = replace(settings, history=replace(settings.history, lost_iris="withdraw"))
    state(settings, f"ensemble:old a t:Ensemble ; {LABEL} .")
    first = build(settings).release
    state(settings, "")
    build(withdrawing)
    state(settings, f"ensemble:old a t:Ensemble ; {LABEL} .")
    again = build(settings).release
    assert again.path == first.path  # the same content, whatever was between


def test_the_same_succession_of_sources_gives_the_same_releases(
    settings: Settings, tmp_path: Path
) -> None:
    withdrawing = replace(settings, history=replace(settings.history, lost_iris="withdraw"))
    found = []
    for folder in ("one", "two"):
        there = replace(withdrawing, releases=tmp_path / folder)
        names = []
        for turtle in (f"ensemble:old a t:Ensemble ; {LABEL} .", ""):
            state(settings, turtle)
            names.append(build(there).release.path.name)
        found.append(names)
    assert found[0] == found[1]
    state(settings, "")
    alone = build(replace(settings, releases=tmp_path / "alone")).release
    assert alone.path.name != found[0][1]  # it does not know what was published before


def test_iris_are_compared_with_the_last_publication_even_if_an_older_one_is_current(
    settings: Settings,
) -> None:
    first = build(settings).release
    state(settings, f"ensemble:new a t:Ensemble ; {LABEL} .")
    build(settings)
    current = settings.releases / "current"
    current.unlink()
    current.symlink_to(first.path.name)
    state(settings, "# a comment")
    # The rollback is the last publication; the one before it is compared, too.
    with pytest.raises(ChecksFailed, match=r"ensemble/new> was published"):
        build(settings)


def test_a_damaged_release_cannot_be_compared_and_a_warning_says_so(settings: Settings) -> None:
    release = build(settings).release
    (release.path / "statements.table").write_bytes(b"")
    state(settings, "# a comment")
    (warning,) = build(settings).warnings
    assert "cannot be compared" in str(warning)


_IRIS = st.lists(st.text("abé\t<>", min_size=1).map(lambda row: "urn:" + row.strip("\t")))


@given(_IRIS, st.data())
def test_retired_iris_are_found_without_reading_the_file(
    tmp_path_factory: pytest.TempPathFactory, iris: list[str], data: st.DataObject
) -> None:
    clean = [row.replace("\t", "") for row in iris]
    rows = {iri: RetiredIri(iri, data.draw(st.sampled_from(["", "urn:z"]))) for iri in clean}
    path = tmp_path_factory.getbasetemp() / "retired.tsv"
    path.write_bytes(encoded(rows.values()))
    found = RetiredIris(path)
    for iri in (*clean, "urn:", "urn:zz", *(row + "a" for row in clean)):
        assert found.find(iri) == rows.get(iri)
    assert list(found) == [rows[iri] for iri in sorted(rows, key=str.encode)]


_TERMS = st.lists(st.binary(min_size=1, max_size=2), unique=True, max_size=300)


@given(_TERMS, _TERMS, st.lists(st.binary(min_size=3, max_size=3), unique=True, max_size=200))
def test_terms_are_aligned_as_a_table_of_them_says(
    one: list[bytes], two: list[bytes], both: list[bytes]
) -> None:
    first, second = sorted({*one, *both}), sorted({*two, *both})
    places = {term: place for place, term in enumerate(second)}
    wanted = [places.get(term, -1) for term in first]
    assert aligned(Dictionary.of(first), Dictionary.of(second)).tolist() == wanted
