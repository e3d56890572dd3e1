"""Queries to begin with: those of the knowledge base, and some that fit any."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from itertools import takewhile
from string import Template

from partyline.publishing.publication import Publication
from partyline.releases import Question, Translation, graph_iri, question_path, read_questions
from partyline.vocabulary import RDFS, SKOS

#: Queries that have an answer in any knowledge base, in the order of the page.
_GENERAL = ("members", "inferred", "disputed", "sizes")
_WELL_KNOWN = {"rdfs": RDFS.iri, "skos": SKOS.iri}
#: The title in another language, below that in English.
_TAGGED = re.compile(r"(?P<tag>[a-z]{2,3}): (?P<title>.+)")
_PREFIXED = re.compile(r"(?<![\w<:/#?])([A-Za-z][\w.-]*):(?=[A-Za-z_])")


@dataclass(frozen=True, slots=True)
class ExampleQuery:
    """A query, and what it asks."""

    title: str
    text: str
    #: Where its answer is.
    path: str = ""
    #: The language of the title.
    language: str = "en"


def example_queries(publication: Publication) -> tuple[ExampleQuery, ...]:
    """Return queries that have an answer here; the first is the one for the home page."""
    named = read_questions(publication.release.questions)
    language = next(iter(publication.presenter.labels.knowledge.languages), "")
    rows = (row.in_language(language) for row in (*general_questions(publication), *named))
    return tuple(
        ExampleQuery(row.title, row.text, question_path(row.name), row.language) for row in rows
    )


def prefix_lines(text: str, prefixes: Mapping[str, str]) -> str:
    r"""Return the PREFIX lines that the query *text* needs.

    >>> prefix_lines("ASK { ?x skos:prefLabel ?y }", {})
    'PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n'
    """
    known = _WELL_KNOWN | dict(prefixes)
    used = sorted({name for name in _PREFIXED.findall(text) if name in known})
    return "".join(f"PREFIX {name}: <{known[name]}>\n" for name in used)


def general_questions(publication: Publication) -> Iterator[Question]:
    """Yield the questions that have an answer in any knowledge base."""
    values = _values(publication)
    for name in _GENERAL:
        source = files("partyline.publishing") / "queries" / f"{name}.rq"
        try:
            text = Template(source.read_text(encoding="utf-8")).substitute(values)
        except KeyError:
            continue  # nothing here has a class to ask for
        title, translations, query = _titled(text, name)
        prefixes = prefix_lines(query, publication.prefixes)
        yield Question(name, title, "", (), prefixes + query, translations=translations)


def _values(publication: Publication) -> dict[str, str]:
    knowledge, labels = publication.knowledge, publication.presenter.labels
    values = {
        "terms": publication.ontologies[0].namespace if publication.ontologies else knowledge.base,
        "resources": knowledge.base,
    }
    manifest = publication.release.manifest
    for name in ("inferred", "withheld"):
        if manifest.counts.get(name) and name not in manifest.absent_graphs:
            values[name] = graph_iri(knowledge.base, name).value
    for row in [row for row in publication.classes if row.size][:1]:
        values["kind"] = labels.compact(row.kind.value) or f"<{row.kind.value}>"
        values["kind_name"] = labels.best(row.kind).text
    return values


def _titled(text: str, name: str) -> tuple[str, Mapping[str, Translation], str]:
    """Return the title of a query, that in other languages, and the query without them."""
    title = re.sub(r"[-_]+", " ", name).capitalize()
    comments = list(takewhile(lambda line: line.startswith("#"), text.strip().splitlines()))
    query = "\n".join(text.strip().splitlines()[len(comments) :]).strip() + "\n"
    said = [line.lstrip("# ").strip() for line in comments]
    tagged = (_TAGGED.fullmatch(line) for line in said[1:])
    translations = {row["tag"]: Translation(row["title"]) for row in tagged if row}
    return (said[0] if said else "") or title, translations, query
