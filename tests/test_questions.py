"""The named questions: each has the answer that stands beside it, on two engines."""

import csv
import io
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, Store

from partyline.releases import read_questions
from partyline.settings import read_settings
from partyline.vocabulary import XSD
from sampling import some_of

SETTINGS = read_settings(environ={})
QUESTIONS = sorted((SETTINGS.knowledge.questions or Path()).glob("*.rq"))
CASES = tomllib.loads((Path(__file__).parent / "data" / "questions.toml").read_text("utf-8"))[
    "case"
]


def rows(text: str) -> tuple[list[str], Counter[tuple[str, ...]]]:
    head, *body = csv.reader(io.StringIO(text, newline=""))
    return head, Counter(map(tuple, body))


def expected(question: Path) -> tuple[list[str], Counter[tuple[str, ...]]]:
    return rows(question.with_suffix(".csv").read_text(encoding="utf-8"))


def test_there_are_questions() -> None:
    assert len(QUESTIONS) >= 35


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_a_question_begins_with_its_title(question: Path) -> None:
    first = question.read_text(encoding="utf-8").partition("\n")[0]
    assert first.startswith("# ")
    assert first.endswith("?")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_oxigraph_answers_it(question: Path, published: Store) -> None:
    solutions = published.query(question.read_text(encoding="utf-8"))
    assert isinstance(solutions, QuerySolutions)
    answer = solutions.serialize(format=QueryResultsFormat.CSV)
    assert answer is not None
    assert rows(answer.decode()) == expected(question)


@pytest.mark.parametrize("question", some_of(QUESTIONS, 12), ids=lambda path: path.stem)
def test_rdflib_answers_it(question: Path, closure: rdflib.Graph) -> None:
    answer = closure.query(question.read_text(encoding="utf-8")).serialize(format="csv")
    assert answer is not None
    assert rows(answer.decode()) == expected(question)


def term(text: str) -> NamedNode | Literal:
    """Read a day, or an IRI with one of the prefixes of the settings."""
    prefix, colon, local = text.partition(":")
    if not colon:
        return Literal(text, datatype=XSD.date)
    return NamedNode(SETTINGS.prefixes[prefix] + local)


def last_parts(row: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(cell.rpartition("/")[2] if cell.startswith("http") else cell for cell in row)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['question']}-{case['rows'][0][0]}")
def test_a_question_has_the_answer_for_other_parameters_too(
    case: dict[str, Any], published: Store
) -> None:
    questions = {row.name: row for row in read_questions(SETTINGS.knowledge.questions)}
    question = questions[case["question"]]
    solutions = published.query(
        question.bind({name: term(text) for name, text in case["parameters"].items()})
    )
    assert isinstance(solutions, QuerySolutions)
    answer = solutions.serialize(format=QueryResultsFormat.CSV)
    assert answer is not None
    found = [last_parts(row) for row in rows(answer.decode())[1]]
    for wanted in case["rows"]:
        assert tuple(wanted) in {row[: len(wanted)] for row in found}, found
