import fcntl
import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, parse

from command_line import partyline
from partyline.dataset import TableBuilder, with_graphs
from partyline.errors import ChecksFailed, ReleaseError, SourceError
from partyline.releases import (
    Release,
    build,
    current_release,
    graph_iri,
    open_release,
    read_questions,
    view_iri,
)
from partyline.releases.graph_views import views
from partyline.settings import Settings, read_settings

BASE = "https://music.example.org/"
GREW = NamedNode(BASE + "terms#grewOutOf")


def ensemble(slug: str) -> NamedNode:
    return NamedNode(f"{BASE}id/ensemble/{slug}")


@pytest.fixture
def settings(ensembles: Path) -> Settings:
    return read_settings(ensembles / "partyline.toml")


@pytest.fixture
def built(built_ensembles: Path) -> Settings:
    """Settings of which there is a release already."""
    return read_settings(built_ensembles / "partyline.toml")


def dump(folder: Path, name: str) -> set[Triple]:
    return {quad.triple for quad in parse(path=str(folder / name), format=RdfFormat.N_TRIPLES)}


def damage(settings: Settings, name: str, old: str, new: str) -> None:
    file = settings.knowledge.kb / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_release_holds_what_is_asserted_and_what_follows(built: Settings) -> None:
    release = current_release(built.releases)
    store = release.open_store()
    old, red = ensemble("brass-union"), ensemble("red-brass")

    assert Quad(red, GREW, old, graph_iri(BASE, "inferred")) in store
    assert Quad(red, GREW, old, DefaultGraph()) in store
    assert Quad(red, GREW, old, graph_iri(BASE, "accepted")) not in store


def test_the_asserted_dump_is_the_files_exactly(built: Settings) -> None:
    release = current_release(built.releases)
    asserted = (release.dumps / "asserted.nt").read_text(encoding="utf-8")

    assert '"07"^^<http://www.w3.org/2001/XMLSchema#integer>' in asserted
    read: set[Triple] = set()
    for file in built.knowledge.kb.rglob("*.ttl"):
        read |= {quad.triple for quad in parse(path=str(file), format=RdfFormat.TURTLE)}
    assert dump(release.dumps, "asserted.nt") == read


def test_every_dump_parses_and_has_the_size_and_checksum_that_the_manifest_says(
    built: Settings,
) -> None:
    release = current_release(built.releases)
    for file in release.manifest.files:
        path = release.dumps / file.name
        assert path.stat().st_size == file.size
        syntax = RdfFormat.from_media_type(file.media_type)
        assert syntax is not None
        assert len(set(parse(path=str(path), format=syntax))) == file.triples


def test_the_inferred_dump_holds_nothing_that_is_asserted(built: Settings) -> None:
    folder = current_release(built.releases).dumps
    inferred = dump(folder, "inferred.nt")

    assert inferred
    assert not inferred & dump(folder, "asserted.nt")
    assert not inferred & dump(folder, "ontology.nt")


def test_withheld_statements_are_published_but_entail_nothing(built: Settings) -> None:
    store = current_release(built.releases).open_store()
    rumoured = ensemble("rumoured-quartet")

    assert Quad(rumoured, GREW, ensemble("red-brass"), graph_iri(BASE, "withheld")) in store
    assert not list(store.quads_for_pattern(rumoured, None, None, DefaultGraph()))


def test_the_same_sources_give_the_same_release(settings: Settings) -> None:
    first, second = build(settings), build(settings)

    assert (first.new, second.new) == (True, False)
    assert first.release.path == second.release.path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "Ensembles', 'title = "All ensembles'),
        ('musician = "', 'player = "'),
        ("https://music.example.org/id/musician/", "https://music.example.org/id/player/"),
    ],
)
def test_settings_that_change_the_dumps_make_another_release(
    ensembles: Path, old: str, new: str
) -> None:
    file = ensembles / "partyline.toml"
    first = build(read_settings(file)).release
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    second = build(read_settings(file))
    assert second.new
    assert second.release.path != first.path


def test_a_line_that_moves_makes_another_release(built: Settings) -> None:
    """Pages show the line of each statement."""
    first = current_release(built.releases)
    file = built.knowledge.kb / "ensembles.ttl"
    file.write_text("# a comment\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    second = build(built).release
    triple = Triple(ensemble("red-brass"), GREW, ensemble("new-brass-union"))
    assert first.origins(triple) == ("kb/ensembles.ttl:21",)
    assert second.origins(triple) == ("kb/ensembles.ttl:22",)


def test_the_named_queries_are_sealed_into_the_release(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "questions"
    folder.mkdir()
    (folder / "who.rq").write_text("# Who?\nSELECT ?x { ?x ?p ?y }\n", encoding="utf-8")
    asked = replace(settings, knowledge=replace(settings.knowledge, questions=folder))
    first = build(asked).release
    (folder / "who.rq").write_text("# Which?\nSELECT ?x { ?x ?p ?y }\n", encoding="utf-8")
    assert [row.title for row in read_questions(first.questions)] == ["Who?"]
    second = build(asked).release
    assert second.path != first.path
    assert [row.title for row in read_questions(second.questions)] == ["Which?"]


def test_a_named_query_that_cannot_be_served_stops_the_build(
    settings: Settings, tmp_path: Path
) -> None:
    knowledge = replace(settings.knowledge, questions=tmp_path)
    (tmp_path / "bad.rq").write_text("# Bad\n# ?x: a thing\nASK {}\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"bad\.rq: \?x has no default"):
        build(replace(settings, knowledge=knowledge))
    (tmp_path / "bad.rq").write_bytes(b"# \xff\nASK {}\n")
    with pytest.raises(SourceError, match=r"bad\.rq: is not UTF-8"):
        build(replace(settings, knowledge=knowledge))
    absent = replace(settings.knowledge, questions=tmp_path / "absent")
    with pytest.raises(SourceError, match="no such folder"):
        build(replace(settings, knowledge=absent))


def test_a_release_in_another_place_has_the_same_dumps(settings: Settings, tmp_path: Path) -> None:
    from dataclasses import replace

    one = build(settings).release
    two = build(replace(settings, releases=tmp_path / "other")).release
    assert [row.sha256 for row in one.manifest.files] == [row.sha256 for row in two.manifest.files]


def test_the_checksums_are_those_of_sha256sum(built: Settings) -> None:
    release = current_release(built.releases)
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=release.path, check=True)


def test_a_release_says_where_a_triple_is_asserted(built: Settings) -> None:
    release = current_release(built.releases)
    red, new, old = ensemble("red-brass"), ensemble("new-brass-union"), ensemble("brass-union")

    assert release.origins(Triple(red, GREW, new)) == ("kb/ensembles.ttl:21",)
    assert release.origins(Triple(red, GREW, old)) == ()


def test_a_damaged_release_is_not_opened(built: Settings) -> None:
    release = current_release(built.releases)
    file = release.dumps / "asserted.nt"
    file.write_bytes(file.read_bytes()[:-1])

    with pytest.raises(ReleaseError, match=r"asserted\.nt: changed since"):
        open_release(release.path)


def test_damage_is_found_where_size_and_time_of_the_file_are_as_they_were(built: Settings) -> None:
    release = current_release(built.releases)
    file = release.path / "statements.table"
    content, state = file.read_bytes(), file.stat()
    file.write_bytes(bytes([*content[:-100], content[-100] ^ 1, *content[-99:]]))
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert file.stat().st_mtime_ns == state.st_mtime_ns
    with pytest.raises(ReleaseError, match=r"statements\.table: changed since"):
        open_release(release.path)
    file.write_bytes(content)
    open_release(release.path)


def test_a_copy_of_a_release_is_compared_and_a_build_notes_that_it_is_whole(
    built: Settings,
) -> None:
    first = current_release(built.releases)
    note = built.releases / f".verified-{first.path.name}"
    before = note.read_text()
    beside = built.releases / "beside"
    first.path.rename(beside)
    shutil.copytree(beside, first.path)
    shutil.rmtree(beside)
    assert not build(built).new
    assert note.read_text() != before
    (first.path / "manifest.json").chmod(0o600)  # another state of the same bytes
    assert open_release(first.path) == first


def test_a_release_with_a_missing_or_a_foreign_file_is_not_opened(built: Settings) -> None:
    release = current_release(built.releases)
    (release.path / "store" / "CURRENT").rename(release.path / "foreign")
    with pytest.raises(ReleaseError, match=r"foreign: changed|CURRENT: missing"):
        current_release(built.releases)


@pytest.mark.parametrize("name", ["SHA256SUMS", "manifest.json", "statements.table"])
def test_a_pipe_in_the_place_of_a_file_is_reported_and_nothing_waits_for_it(
    built: Settings, name: str
) -> None:
    release = current_release(built.releases)
    (release.path / name).unlink()
    os.mkfifo(release.path / name)
    found = partyline("serve", "--no-build", "--port", "0", "--settings", built.path, timeout=20)
    assert found.returncode == 1
    assert name in found.stderr
    assert "run 'partyline build'" in found.stderr
    assert build(built).damage
    current_release(built.releases)


def test_a_missing_release_is_reported_with_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="run 'partyline build'"):
        current_release(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ("t:grewOutOf ensemble:brass-union ;", "t:grewOutOf ;", "kb/ensembles.ttl:15", "Turtle"),
        ('rdfs:label "Blechverein"@de', 't:note "x"', "kb/ensembles.ttl:7", "exactly one name"),
        (
            "t:grewOutOf ensemble:brass-union",
            "t:grewOutOf <https://music.example.org/id/musician/anna-horn>",
            "kb/",
            "Musician",
        ),
    ],
)
def test_a_failed_build_names_file_line_and_remedy_and_leaves_the_served_release(
    built: Settings, old: str, new: str, where: str, what: str
) -> None:
    served = current_release(built.releases)
    damage(built, "ensembles.ttl", old, new)

    with pytest.raises(ChecksFailed) as failure:
        build(built)
    found = [row for row in failure.value.findings if what in row.message]
    assert found, str(failure.value)
    assert f"{found[0].path}:{found[0].line}".startswith(where)
    assert found[0].remedy
    assert current_release(built.releases).path == served.path
    assert not list(built.releases.glob(".building-*"))


def test_the_next_good_build_is_switched_to_and_the_earlier_one_kept(built: Settings) -> None:
    first = current_release(built.releases)
    damage(built, "ensembles.ttl", "Rotes Blech", "Rotes Blech am Fluss")
    second = build(built).release

    assert current_release(built.releases).path == second.path != first.path
    open_release(first.path)


def test_two_builds_do_not_write_at_the_same_time(settings: Settings) -> None:
    settings.releases.mkdir()
    with (settings.releases / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(ReleaseError, match="another build or copy is running"):
            build(settings)


def test_what_a_killed_build_left_is_cleared_away(settings: Settings) -> None:
    left_over = settings.releases / ".building-x"
    left_over.mkdir(parents=True)
    build(settings)
    assert not left_over.exists()


def test_the_manifest_can_be_read_by_anyone(built: Settings) -> None:
    release = current_release(built.releases)
    manifest = json.loads((release.path / "manifest.json").read_text(encoding="utf-8"))
    store = Store.read_only(str(release.store))

    for name, number in manifest["counts"].items():
        graph = graph_iri(BASE, name)
        assert number >= len(list(store.quads_for_pattern(None, None, None, graph))) > 0


def test_every_triple_of_a_view_is_asserted(built: Settings) -> None:
    """The views overlap with the other graphs and add nothing to them."""
    release = current_release(built.releases)
    asserted = triples_in(release, "asserted")
    # The store would write "07" as "7".
    assert set(release.table.match(graphs=("asserted",))) == dump(release.dumps, "asserted.nt")
    assert {name: len(triples_in(release, name)) for name in release.manifest.views} == dict(
        release.manifest.views
    )
    for name in release.manifest.views:
        assert triples_in(release, name) <= asserted


def test_a_source_has_a_graph_of_what_rests_on_it() -> None:
    base = "https://example.org/"
    knowledge = replace(read_settings(environ={}).knowledge, base=base)
    text = f"""
        @prefix : <{base}id/> . @prefix oa: <http://www.w3.org/ns/oa#> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
        :book :title "A book" .
        :page oa:hasSource :book ; oa:hasSelector [ oa:exact "quoted" ] .
        :claim :evidence :page ; :says "so" ; owl:sameAs <https://elsewhere.example/> .
        :other :says "nothing of it" ; owl:sameAs :claim .
    """
    accepted = frozenset(quad.triple for quad in parse(text, format=RdfFormat.TURTLE))
    builder = TableBuilder(["ontology", "accepted", "inferred", "withheld"])
    builder.add_all(accepted, "accepted")
    builder.add_all(accepted - {min(accepted, key=str)}, "inferred")
    table = builder.table()
    rows = views(table, table.rows(graphs=("accepted",)), knowledge)
    found = {name: {table.triple(row) for row in graph.tolist()} for name, graph in rows.items()}
    assert set(found) == {"asserted", "links", "book"}
    others = {triple for triple in accepted if triple.subject.value == f"{base}id/other"}
    assert found["book"] == accepted - others
    assert [str(triple.object) for triple in found["links"]] == ["<https://elsewhere.example/>"]
    viewed = with_graphs(table, rows)
    assert set(viewed.match(graphs=("book",))) == found["book"]
    assert set(viewed.match(graphs=("accepted",))) == accepted == found["asserted"]


def triples_in(release: Release, name: str) -> set[Triple]:
    quads = release.open_store().quads_for_pattern(None, None, None, view_iri(BASE, name))
    return {quad.triple for quad in quads}
