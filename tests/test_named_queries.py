"""Named questions: what is read from a file, and what becomes of its parameters."""

from decimal import Decimal
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from partyline.errors import BadQuery, SourceError
from partyline.releases import ParameterKind, ParameterType, read_questions
from partyline.settings import Settings
from partyline.vocabulary import XSD, Namespace

EX = Namespace("https://example.org/")

FILE = """# Who led it on a day?
# Certain or possible.
# ?day: a day, as an xsd:date
# ?line: the root
PREFIX ex: <https://example.org/>

SELECT ?who WHERE {
  VALUES ?day { "1990-01-01"^^ex:date }
  VALUES ?line { ex:a ex:b }
  VALUES ?kind { ex:fixed }
  ?who ex:led ?line ; ex:on ?day ; a ?kind .
}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "leaders-on-a-day.rq").write_text(FILE, encoding="utf-8")
    return tmp_path


def test_the_comment_of_a_question_is_its_title_its_prose_and_its_parameters(folder: Path) -> None:
    (question,) = read_questions(folder)

    assert (question.name, question.title) == ("leaders-on-a-day", "Who led it on a day?")
    assert question.prose == "Certain or possible."
    assert [(row.name, row.description, row.default) for row in question.parameters] == [
        ("day", "a day, as an xsd:date", '"1990-01-01"^^ex:date'),
        ("line", "the root", "ex:a ex:b"),
    ]
    assert question.text.startswith("PREFIX ex:")


def test_a_parameter_takes_the_place_of_its_default_and_of_nothing_else(folder: Path) -> None:
    (question,) = read_questions(folder)
    day = Literal('a" } ?s ?p ?o . VALUES ?x { "b', datatype=XSD.date)
    bound = question.bind({"day": day, "line": NamedNode("https://example.org/c")})

    assert f"VALUES ?day {{ {day} }}" in bound
    assert "VALUES ?line { <https://example.org/c> }" in bound
    assert "VALUES ?kind { ex:fixed }" in bound
    assert question.bind({}) == question.text


def test_a_parameter_that_the_question_does_not_have_is_refused(folder: Path) -> None:
    (question,) = read_questions(folder)
    with pytest.raises(BadQuery, match="has no parameter kind; it has day, line"):
        question.bind({"kind": Literal("x")})


def test_a_parameter_without_a_default_is_refused(folder: Path) -> None:
    file = folder / "leaders-on-a-day.rq"
    file.write_text(FILE.replace("VALUES ?day", "VALUES ?other"), encoding="utf-8")
    with pytest.raises(SourceError, match=r"\?day has no default"):
        read_questions(folder)


def test_a_knowledge_base_without_questions_has_none() -> None:
    assert read_questions(None) == ()


def test_every_question_of_the_built_in_knowledge_has_a_title_and_an_answer(
    settings: Settings,
) -> None:
    folder = settings.knowledge.questions
    assert folder is not None
    questions = read_questions(folder)
    assert len(questions) >= 35
    for question in questions:
        assert question.title.endswith("?")
        assert (folder / f"{question.name}.csv").is_file()


DECLARED = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix schema: <https://schema.org/> .
@prefix ex: <https://example.org/> .
@prefix view: <https://w3id.org/partyline/view#> .
<leaders-on-a-day> schema:keywords "People" ; sh:parameter
  [ sh:path <line> ; sh:class ex:Line ], [ sh:path <day> ; sh:datatype xsd:date ] .
"""


def test_the_turtle_beside_a_question_declares_its_themes_and_types(folder: Path) -> None:
    (folder / "questions.ttl").write_text(DECLARED, encoding="utf-8")
    (question,) = read_questions(folder)
    day, line = question.parameters

    assert question.themes == ("People",)
    assert (day.type.kind, day.type.datatype) == (ParameterKind.DAY, XSD.date)
    assert (line.type.kind, line.type.class_) == (
        ParameterKind.RESOURCE,
        "https://example.org/Line",
    )
    assert line.default_terms == (EX.a, EX.b)
    assert question.read({"day": "1993-05-23", "line": "ex:c"}) == {
        "day": Literal("1993-05-23", datatype=XSD.date),
        "line": EX.c,
    }


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ("<leaders-on-a-day> sh:parameter [ sh:path <lime> ] .", r"\?lime is declared"),
        ('<leader-on-a-day> schema:keywords "People" .', r"leader-on-a-day\.rq is missing"),
        ("<leaders-on-a-day> sh:parameter [ sh:class ex:Line ] .", "has no sh:path"),
        ('<leaders-on-a-day> view:bars [ view:name "who" ] .', "has not one view:name and one"),
        (
            '<leaders-on-a-day> view:bars [ view:name "who" ; view:value "votes" ] .',
            r"the chart shows \?votes",
        ),
        ("<leaders-on-a-day> sh:parameter [", r"questions\.ttl:\d+: "),
    ],
)
def test_a_declaration_that_means_nothing_is_refused(
    folder: Path, declared: str, message: str
) -> None:
    prefixes = DECLARED.partition("<leaders")[0]
    (folder / "questions.ttl").write_text(prefixes + declared, encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        read_questions(folder)


CHOICES = (EX.red, Literal("blue"))
TYPES = {
    "day": ParameterType(ParameterKind.DAY, datatype=XSD.date),
    "year": ParameterType(ParameterKind.YEAR, datatype=XSD.gYear),
    "whole": ParameterType(
        ParameterKind.NUMBER, datatype=XSD.integer, minimum=Decimal(1), maximum=Decimal(9)
    ),
    "number": ParameterType(ParameterKind.NUMBER, datatype=XSD.decimal),
    "truth": ParameterType(ParameterKind.BOOLEAN, datatype=XSD.boolean),
    "language": ParameterType(ParameterKind.LANGUAGE),
    "text": ParameterType(ParameterKind.TEXT, language="km"),
    "choice": ParameterType(ParameterKind.CHOICE, choices=CHOICES),
    "resource": ParameterType(ParameterKind.RESOURCE),
}


@pytest.mark.parametrize(
    ("name", "text", "term"),
    [
        ("day", "1996-02-29", Literal("1996-02-29", datatype=XSD.date)),
        ("year", "1993", Literal("1993", datatype=XSD.gYear)),
        ("whole", "9", Literal("9", datatype=XSD.integer)),
        ("number", "1e2", Literal("100", datatype=XSD.decimal)),
        ("truth", "true", Literal("true", datatype=XSD.boolean)),
        ("language", "zh-Hant", Literal("zh-Hant")),
        ("text", "ខ្មែរ", Literal("ខ្មែរ", language="km")),
        ("choice", "ex:red", CHOICES[0]),
        ("choice", "blue", CHOICES[1]),
        ("resource", "ex:a", EX.a),
        ("resource", "<https://example.org/a>", EX.a),
        ("resource", "https://example.org/a", EX.a),
    ],
)
def test_a_value_is_read_as_its_type_has_it(name: str, text: str, term: object) -> None:
    prefixes = {"ex": EX.iri}
    assert TYPES[name].read(f" {text} ", prefixes) == term
    assert TYPES[name].read(TYPES[name].write(TYPES[name].read(text, prefixes)), prefixes) == term


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("day", "1995-02-29", "a day, such as 1993-05-23"),
        ("day", "19950228", "a day"),
        ("year", "93", "a year"),
        ("whole", "10", "a whole number of at least 1 and of at most 9"),
        ("whole", "1.5", "a whole number"),
        ("number", "NaN", "a number"),
        ("truth", "yes", "true or false"),
        ("language", "english language", "a language tag"),
        ("choice", "green", "one of ex:red, blue"),
        ("resource", "Hun Sen", "the IRI, or the prefixed name, of a resource"),
        ("resource", 'https://example.org/"a', "the IRI"),
        ("text", "\x00", "a text"),
    ],
)
def test_a_value_of_another_type_is_refused_with_what_is_expected(
    name: str, text: str, expected: str
) -> None:
    with pytest.raises(BadQuery, match=expected):
        TYPES[name].read(text, {"ex": EX.iri})


def test_a_text_does_not_change_where_another_value_goes(tmp_path: Path) -> None:
    query = 'ASK { VALUES ?a { "x" } VALUES ?b { "y" } FILTER(?a = ?b) }\n'
    (tmp_path / "q.rq").write_text(f"# Q?\n# ?a: one\n# ?b: two\n{query}", encoding="utf-8")
    (question,) = read_questions(tmp_path)
    trap = "VALUES ?b { 1 }"
    bound = question.bind(question.read({"a": trap, "b": "z"}))
    assert bound == f'ASK {{ VALUES ?a {{ "{trap}" }} VALUES ?b {{ "z" }} FILTER(?a = ?b) }}\n'


def test_a_default_that_leaves_a_variable_open_has_no_terms(tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text("# Q?\n# ?a: one\nASK { VALUES ?a { UNDEF } }\n", "utf-8")
    ((parameter,),) = (row.parameters for row in read_questions(tmp_path))
    assert (parameter.default_terms, parameter.type.kind) == ((), ParameterKind.TEXT)
