"""The questions that a release answers: its named queries, and some that fit any dataset."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from partyline.errors import UnknownResource
from partyline.publishing.pages.example_queries import general_questions
from partyline.publishing.publication import Publication
from partyline.releases import QUESTIONS_PATH, Question, question_iri, read_questions


@dataclass(frozen=True)
class Questions:
    """The questions of a publication, by name; they are read when the first is asked for."""

    publication: Publication

    @cached_property
    def rows(self) -> tuple[Question, ...]:
        """Return the questions of the knowledge base, and then those that fit any."""
        named = read_questions(self.publication.release.questions)
        taken = {row.name for row in named}
        general = (row for row in general_questions(self.publication) if row.name not in taken)
        language = next(iter(self.publication.presenter.labels.knowledge.languages), "")
        return tuple(row.in_language(language) for row in (*named, *general))

    def iri(self, name: str) -> str:
        """Return the IRI of the question *name*."""
        return question_iri(self.publication.knowledge.base, name)

    def find(self, name: str) -> Question:
        """Return the question *name*. Raises UnknownResource."""
        for row in self.rows:
            if row.name == name:
                return row
        raise UnknownResource(f"Unknown question: {name}; {QUESTIONS_PATH} lists all.")

    def by_theme(self) -> tuple[tuple[str, Sequence[Question]], ...]:
        """Return the questions of each theme, in order; at last, with "", those that have none."""
        themes: dict[str, list[Question]] = {}
        for row in self.rows:
            for theme in row.themes or ("",):
                themes.setdefault(theme, []).append(row)
        return tuple(sorted(themes.items(), key=lambda row: (not row[0], row[0].casefold())))
