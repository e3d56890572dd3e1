"""The best name of each resource, for people who read tables."""

from collections.abc import Sequence

import numpy as np
from pyoxigraph import NamedNode

from partyline.dataset import Numbers, Table
from partyline.releases.dumps.tables.values import parts_of
from partyline.settings import Knowledge
from partyline.vocabulary import LABEL_PROPERTIES


def best_labels(table: Table, rows: Numbers, knowledge: Knowledge) -> dict[int, str]:
    """Return the label of each subject of *rows* that has one, by its number.

    The language is the first that the knowledge has; the property, the first that names things.
    """
    properties = tuple(map(NamedNode, knowledge.labels)) or LABEL_PROPERTIES
    ranks = {table.number(row): rank for rank, row in reversed(list(enumerate(properties)))}
    predicates = table.columns["predicate"][rows]
    naming = rows[np.isin(predicates, [row for row in ranks if row is not None])]
    found: dict[int, tuple[int, int, str]] = {}
    for subject, predicate, object_ in zip(
        table.columns["subject"][naming].tolist(),
        table.columns["predicate"][naming].tolist(),
        table.columns["object"][naming].tolist(),
        strict=True,
    ):
        if object_ in table.terms.literals:
            value = parts_of(table, object_)
            language = _language_rank(value.language, knowledge.languages)
            label = (language, ranks[predicate], value.text)
            if subject not in found or label < found[subject]:
                found[subject] = label
    return {subject: text for subject, (_, _, text) in found.items()}


def _language_rank(language: str, preferred: Sequence[str]) -> int:
    """Rank a preferred language by its place, then no language, then any other."""
    if not language:
        return len(preferred)
    for rank, tag in enumerate(preferred):
        if language == tag.lower() or language.startswith(f"{tag.lower()}-"):
            return rank
    return len(preferred) + 1
