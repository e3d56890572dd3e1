"""Named questions: what is read from a file, and what becomes of its parameters."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from partyline.errors import BadQuery, SourceError
from partyline.releases import read_questions
from partyline.settings import Settings
from partyline.vocabulary import XSD

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
