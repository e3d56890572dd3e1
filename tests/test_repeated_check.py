"""A check that is repeated reports what a check from scratch reports, whatever has changed."""

import os
import random
import time
from pathlib import Path

import pytest

from partyline.findings import condensed
from partyline.settings import read_settings
from partyline.sources import Document, read_sources
from partyline.sources.kept import KeptFiles
from partyline.validation import CheckReport, run_checks
from partyline.validation.repeated import RepeatedCheck

#: What an edit puts in the place of what; some are mistakes.
EDITS = [
    ('"Blechverein"@de', '"Blechverein"@de, "Blech"@de'),
    ("t:grewOutOf ensemble:brass-union", "t:grewOutOf ensemble:red-brass"),
    ("dct:extent 07", "dct:extent 7, 07"),
    ("dct:extent 07", 'dct:extent "1990/1980"^^<http://id.loc.gov/datatypes/edtf>'),
    ("t:doubted true ;", ""),
    ("rdfs:domain t:Ensemble ;", "rdfs:domain t:Musician ;"),
    ("owl:TransitiveProperty", "owl:SymmetricProperty"),
    ("owl:disjointWith t:Musician ;", ""),
    ("owl:inverseOf t:hasPlayer", "owl:equivalentProperty t:hasPlayer"),
    ("a t:Ensemble ;", "a t:Ensemble, t:Musician ;"),
    ("rdfs:label", "rdfs:lable ; rdfs:label"),
    (" .\n", "\n"),
]


def paths(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.ttl"))


def facts(report: CheckReport) -> tuple[object, ...]:
    """Return what of a report can be compared."""
    closure = report.closure
    return (
        report.sources.ontology,
        report.sources.kb,
        report.sources.prefixes,
        report.withheld,
        report.computed,
        report.inferred,
        None if closure is None else closure.asserted,
        None if closure is None else {row.constraint.name for row in closure.inconsistencies},
    )


def assert_same(check: RepeatedCheck, folder: Path) -> None:
    scratch = run_checks(read_settings(folder / "partyline.toml", {}))
    report = check.run()
    assert facts(report) == facts(scratch)
    if not any(row.is_broken for row in report.sources.documents):
        found = condensed((*report.findings, *check.shape_findings()))
        assert sorted(map(str, found)) == sorted(map(str, scratch.findings))


@pytest.mark.parametrize("seed", range(4))
def test_after_random_edits_the_report_is_that_of_a_check_from_scratch(
    ensembles: Path, seed: int
) -> None:
    chance = random.Random(seed)
    check = RepeatedCheck(read_settings(ensembles / "partyline.toml", {}))
    originals = {path: path.read_text() for path in paths(ensembles)}
    assert_same(check, ensembles)
    for _ in range(6):
        path = chance.choice(list(originals))
        content = originals[path] if chance.random() < 0.4 else path.read_text()
        for before, after in chance.sample(EDITS, 2):
            content = content.replace(before, after, 1)
        path.write_text(content)
        assert_same(check, ensembles)


def test_new_files_and_deleted_ones_are_checked(ensembles: Path) -> None:
    check = RepeatedCheck(read_settings(ensembles / "partyline.toml", {}))
    assert_same(check, ensembles)
    further = ensembles / "kb" / "further.ttl"
    further.write_text((ensembles / "kb" / "musicians.ttl").read_text() + "\n<a> <b> .")
    assert_same(check, ensembles)
    further.unlink()
    assert_same(check, ensembles)


@pytest.mark.parametrize("rules", ["rdfs", "none"])
def test_a_choice_of_rules_holds_after_an_edit(ensembles: Path, rules: str) -> None:
    file = ensembles / "partyline.toml"
    file.write_text(f'{file.read_text()}\n[reasoning]\nrules = "{rules}"\n')
    check = RepeatedCheck(read_settings(file, {}))
    assert_same(check, ensembles)
    kb = ensembles / "kb" / "ensembles.ttl"
    kb.write_text(kb.read_text().replace("ensemble:brass-union ;", "ensemble:red-brass ;"))
    assert_same(check, ensembles)


def test_contradictions_that_are_published_are_the_same_after_an_edit(ensembles: Path) -> None:
    file = ensembles / "partyline.toml"
    file.write_text(f'{file.read_text()}\n[reasoning]\ncontradictions = "withhold"\n')
    check = RepeatedCheck(read_settings(file, {}))
    assert_same(check, ensembles)
    kb = ensembles / "kb" / "ensembles.ttl"
    content = kb.read_text()
    kb.write_text(content.replace("a t:Ensemble ;", "a t:Ensemble, t:Musician ;", 1))
    assert_same(check, ensembles)
    kb.write_text(content)
    assert_same(check, ensembles)


# Files


@pytest.fixture
def old(ensembles: Path) -> Path:
    """The second knowledge base, with files that nobody has written to for a while."""
    for path in paths(ensembles):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    return ensembles


def documents(folder: Path, kept: KeptFiles) -> dict[str, Document]:
    found = read_sources(read_settings(folder / "partyline.toml", {}), kept)
    return {row.path: row for row in found.documents}


def test_only_a_file_that_has_changed_is_read_again(old: Path) -> None:
    kept = KeptFiles()
    before = documents(old, kept)
    (old / "kb" / "musicians.ttl").write_text("# nobody\n")
    after = documents(old, kept)
    assert {name for name in before if after[name] is not before[name]} == {"kb/musicians.ttl"}
    assert after["kb/musicians.ttl"].statements == ()


def test_a_file_that_was_written_only_just_now_is_read_again(old: Path) -> None:
    """Its time may not tell a second change."""
    kept, path = KeptFiles(), old / "kb" / "musicians.ttl"
    now = time.time() + 1000  # however long it takes to read it
    path.write_text("# one\n")
    os.utime(path, (now, now))
    before = documents(old, kept)
    path.write_text("<a> .\n")
    os.utime(path, (now, now))
    assert before["kb/musicians.ttl"].findings == ()
    assert documents(old, kept)["kb/musicians.ttl"].findings


def test_parts_of_a_file_that_ontology_and_data_share_are_kept(old: Path) -> None:
    file = old / "partyline.toml"
    file.write_text(file.read_text().replace('ontology = "ontology"', 'ontology = "kb"'))
    kept = KeptFiles()
    settings = read_settings(file, {})
    one, other = read_sources(settings, kept), read_sources(settings, kept)
    assert [*map(id, one.documents)] == [*map(id, other.documents)]
    assert len(one.documents) == 4


def test_contexts_of_json_ld_are_read_again(old: Path) -> None:
    data, context = old / "kb" / "more.jsonld", old / "kb" / "context.json"
    data.write_text('{"@context": "context.json", "@id": "https://a.example/x", "name": "X"}')
    context.write_text('{"@context": {"name": "https://a.example/name"}}')
    for path in (data, context):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    kept = KeptFiles()
    (before,) = documents(old, kept)["kb/more.jsonld"].statements
    context.write_text('{"@context": {"name": "https://a.example/title"}}')
    (after,) = documents(old, kept)["kb/more.jsonld"].statements
    assert before.triple.predicate.value == "https://a.example/name"
    assert after.triple.predicate.value == "https://a.example/title"
