"""Members of classes by name: many at once as each alone."""

import unicodedata
from collections import Counter

from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.dataset import TableBuilder
from partyline.publishing.class_index import ClassIndex
from partyline.publishing.labels import Labels, Text
from partyline.publishing.statements import Statements
from partyline.releases import GRAPHS
from partyline.settings import Knowledge
from partyline.vocabulary import RDF, RDFS, SKOS, SKOSXL
from sampling import examples
from test_writers import EX, PREFIXES

KIND = NamedNode(f"{EX}Kind")
MEMBERS = [NamedNode(f"{EX}{name}") for name in "abcdefgh"]
LABEL = BlankNode("label")
WORDS = st.one_of(
    st.text(max_size=4),
    st.sampled_from(["Zora", "Émile", "anna", "Anna", " anna", "", " ", "7", '"', "a\\b", "ខ្មែរ"]),
    st.sampled_from(["one long name that has many words", "One long name that has more words"]),
    st.sampled_from(["one long name that has many words é", "one long name that has many work"]),
)
TAGS = st.sampled_from([None, "en", "EN", "de", "km", "en-GB", "zh-Hant-TW-x-private"])
LITERALS = st.one_of(
    st.builds(lambda text, tag: Literal(text, language=tag), WORDS, TAGS),
    st.builds(lambda number: Literal(number), st.integers(0, 9)),
)
NAMING = st.tuples(
    st.sampled_from(MEMBERS),
    st.sampled_from([RDFS.label, SKOS.prefLabel, SKOS.altLabel]),
    LITERALS,
    st.sampled_from(["accepted", "inferred"]),
)


def statements_of(rows: list[tuple[str, Triple]]) -> Statements:
    builder = TableBuilder(tuple(GRAPHS))
    for graph, triple in rows:
        builder.add(triple, graph)
    return Statements(builder.table())


def members_alone(labels: Labels, language: str) -> tuple[list[NamedNode], list[str], list[str]]:
    """Return the members, the letters and the languages, each name read alone."""
    found: list[tuple[str, NamedNode]] = []
    languages: Counter[str] = Counter()
    for node in MEMBERS:
        names = labels.literals(node)
        languages.update({row.language for row in names if row.language})
        if language:
            named = [row for row in names if row.language == language]
            found += [(Text(row.value).order, node) for row in named[:1]]
        else:
            found.append((labels.best(node).order, node))
    found.sort(key=lambda row: row[0])
    firsts = [order[:1] for order, _ in found]
    letters = [
        row.upper() if unicodedata.category(row or " ").startswith("L") else "#" for row in firsts
    ]
    by_number = sorted(languages, key=lambda tag: (-languages[tag], tag))
    return [node for _, node in found], [*dict.fromkeys(letters)], by_number


@given(st.lists(NAMING, max_size=24), st.booleans(), st.sampled_from(["", "en", "de", "fr"]))
@example([(MEMBERS[0], RDFS.label, Literal("a" * 40), "accepted")] * 2, False, "")
@settings(max_examples=examples(60, 3000), deadline=None)
def test_members_are_sorted_at_once_as_by_each_name(
    named: list[tuple[NamedNode, NamedNode, Literal, str]], with_label: bool, language: str
) -> None:
    rows = [("accepted", Triple(node, RDF.type, KIND)) for node in MEMBERS]
    rows += [(graph, Triple(node, name, value)) for node, name, value, graph in named]
    if with_label:
        rows.append(("accepted", Triple(MEMBERS[3], SKOSXL.prefLabel, LABEL)))
        rows.append(("accepted", Triple(LABEL, SKOSXL.literalForm, Literal("m", language="de"))))
    statements = statements_of(rows)
    labels = Labels.of(statements, Knowledge("Examples", EX, languages=("de", "en")), PREFIXES)
    found = ClassIndex(statements, labels).members(KIND, language)
    terms, subjects = statements.table.terms, statements.table.columns["subject"]
    members = [terms.term(number) for number in subjects[found.rows].tolist()]
    letters, languages = [letter for letter, _ in found.letters], list(found.languages)
    assert (members, letters, languages) == members_alone(labels, language)


def test_names_that_begin_alike_are_sorted_by_their_ends() -> None:
    texts = [f"{'The same beginning of a name ' * 2}{ending}" for ending in ("b", "A", "ä", "c")]
    rows = [("accepted", Triple(node, RDF.type, KIND)) for node in MEMBERS[:4]]
    rows += [
        ("accepted", Triple(node, RDFS.label, Literal(text)))
        for node, text in zip(MEMBERS, texts, strict=False)
    ]
    statements = statements_of(rows)
    labels = Labels.of(statements, Knowledge("Examples", EX), PREFIXES)
    found = ClassIndex(statements, labels).members(KIND)
    subjects = statements.table.columns["subject"][found.rows].tolist()
    expected = [MEMBERS[place] for place in (1, 2, 0, 3)]
    assert [statements.table.terms.term(number) for number in subjects] == expected
