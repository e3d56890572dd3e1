"""The named questions: each has the answer that stands beside it, on two engines."""

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import QueryResultsFormat, QuerySolutions, Store

from partyline.settings import read_settings

QUESTIONS = sorted((read_settings(environ={}).knowledge.questions or Path()).glob("*.rq"))


def rows(text: str) -> tuple[list[str], Counter[tuple[str, ...]]]:
    head, *body = csv.reader(io.StringIO(text, newline=""))
    return head, Counter(map(tuple, body))


def expected(question: Path) -> tuple[list[str], Counter[tuple[str, ...]]]:
    return rows(question.with_suffix(".csv").read_text(encoding="utf-8"))


def test_there_are_questions() -> None:
    assert len(QUESTIONS) >= 10


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


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_rdflib_answers_it(question: Path, closure: rdflib.Graph) -> None:
    answer = closure.query(question.read_text(encoding="utf-8")).serialize(format="csv")
    assert answer is not None
    assert rows(answer.decode()) == expected(question)
