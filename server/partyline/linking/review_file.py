"""Proposals as a mapping set of SSSOM/TSV, and the decisions that somebody has written into it.

https://mapping-commons.github.io/sssom/spec-formats-tsv/
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from partyline.errors import SourceError, UnknownResource
from partyline.linking.options import LinkOptions
from partyline.linking.proposals import Proposal
from partyline.publishing import Publication, named_node
from partyline.publishing.external_links import MAPPINGS
from partyline.publishing.mapping_sets import BUILT_IN, NO_LICENCE, Curies, write_mapping_set
from partyline.sources import read_text_file
from partyline.version import __version__

_JUSTIFICATION = "semapv:LexicalMatching"
#: Justifications that only somebody who has looked at a mapping gives.
_REVIEWED = ("semapv:ManualMappingCuration", "semapv:MappingReview")
_COLUMNS = (
    *("subject_id", "subject_label", "predicate_modifier", "predicate_id", "object_id"),
    *("object_label", "mapping_justification", "reviewer_label", "confidence", "match_string"),
    "comment",
)
_NEEDED = ("subject_id", "predicate_id", "object_id")
_CURIE = re.compile(r"(?P<prefix>[^:\s/]*):(?P<rest>\S*)")
_PREFIX_LINE = re.compile(r"\s+(?P<prefix>[^\s:]+)\s*:\s*(?P<iri>\S+)\s*")
_KEY = re.compile(r"(?P<key>\w+)\s*:")


@dataclass(frozen=True, slots=True)
class Review:
    """The decisions of a file: links that were accepted, pairs that were rejected, open rows."""

    accepted: tuple[Triple, ...]
    rejected: frozenset[tuple[str, str]]
    open: int
    prefixes: Mapping[str, str]

    @property
    def decided(self) -> frozenset[tuple[str, str]]:
        """Return the pairs that need no further look."""
        accepted = {(_iri(row.subject), _iri(row.object)) for row in self.accepted}
        return self.rejected | accepted


def review_file(
    publication: Publication, options: LinkOptions, proposals: Iterable[Proposal]
) -> str:
    """Return *proposals* as a mapping set, each row with room for a decision."""
    host = options.endpoint.partition("://")[2].partition("/")[0]
    curies = Curies(publication.prefixes, host)
    rows = [
        (
            *(curies.of(row.subject), row.label, "", curies.of(options.relation)),
            *(curies.of(row.target), row.target_label, _JUSTIFICATION, ""),
            *(f"{row.confidence:.3f}", row.name, row.reasons),
        )
        for row in proposals
    ]
    manifest, knowledge = publication.release.manifest, publication.knowledge
    head = {
        "mapping_set_id": publication.addresses.published(f"links/proposed/{host}"),
        "mapping_set_title": f"{knowledge.title}: links to {options.endpoint}, proposed for review",
        "mapping_set_version": manifest.identifier,
        "mapping_date": date.today().isoformat(),
        "mapping_tool": "Partyline",
        "mapping_tool_version": __version__,
        "license": knowledge.licence or NO_LICENCE,
    }
    return write_mapping_set(head, curies, _COLUMNS, rows)


def read_review(path: Path) -> Review:
    """Return the decisions in the file *path*.

    A row is accepted that names a reviewer, or that is justified by a review or by curation; one
    with ``Not`` as the modifier of its predicate is rejected. Raises SourceError, naming the line.
    """
    head, names, rows = _parts(path)
    prefixes = {**_curie_map(head), **BUILT_IN}
    if missing := [name for name in _NEEDED if name not in names]:
        raise SourceError(f"{path}: no column {', '.join(missing)}; is it a mapping set of SSSOM?")
    accepted: dict[Triple, None] = {}
    rejected: set[tuple[str, str]] = set()
    open_rows = 0
    for line, cells in rows:
        row = dict(zip(names, cells, strict=False))
        triple = _triple(f"{path}:{line}", row, prefixes)
        if row.get("predicate_modifier", "").strip():
            rejected.add((_iri(triple.subject), _iri(triple.object)))
        elif _is_accepted(row):
            accepted[triple] = None
        else:
            open_rows += 1
    return Review(tuple(accepted), frozenset(rejected), open_rows, prefixes)


def _is_accepted(row: Mapping[str, str]) -> bool:
    reviewer = (row.get("reviewer_label") or row.get("reviewer_id") or "").strip()
    return bool(reviewer) or row.get("mapping_justification", "").strip() in _REVIEWED


def _triple(place: str, row: Mapping[str, str], prefixes: Mapping[str, str]) -> Triple:
    subject, predicate, target = (
        _expanded(place, name, row.get(name, "").strip(), prefixes) for name in _NEEDED
    )
    if predicate not in MAPPINGS:
        known = ", ".join(f"<{row.value}>" for row in MAPPINGS)
        raise SourceError(f"{place}: predicate_id is not a relation of links, which are {known}")
    return Triple(subject, predicate, target)


def _expanded(place: str, name: str, text: str, prefixes: Mapping[str, str]) -> NamedNode:
    match = _CURIE.fullmatch(text)
    if match and match["prefix"] in prefixes:
        text = prefixes[match["prefix"]] + match["rest"]
    elif not text.startswith(("http://", "https://")):
        prefix = f"the prefix {match['prefix']}: is not in curie_map" if match else "not a CURIE"
        raise SourceError(f"{place}: {name} is “{text}”: {prefix}")
    try:
        return named_node(text)
    except UnknownResource as error:
        raise SourceError(f"{place}: {name} is “{text}”: not a valid IRI") from error


def _parts(path: Path) -> tuple[list[str], list[str], list[tuple[int, list[str]]]]:
    """Return the lines of metadata, the names of the columns, and the rows with their lines.

    Spreadsheets put quotes around cells, and empty cells behind lines of metadata.
    """
    try:
        text = read_text_file(path).removeprefix("\ufeff")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: cannot be read: {error}") from error
    head: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(text.splitlines(), delimiter="\t")
    try:
        for cells in reader:
            if not rows and cells and cells[0].startswith("#"):
                head.append(cells[0][1:])
            elif any(cell.strip() for cell in cells):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise SourceError(f"{path}:{reader.line_num}: {error}") from error
    if not rows:
        raise SourceError(f"{path}: no table; is it a mapping set of SSSOM?")
    return head, [cell.strip() for cell in rows[0][1]], rows[1:]


def _curie_map(head: Sequence[str]) -> dict[str, str]:
    """Return the prefixes that the metadata declare, which are YAML."""
    return dict(_prefixes(head))


def _prefixes(head: Iterable[str]) -> Iterator[tuple[str, str]]:
    # A space may follow each number sign.
    lines = [line.rstrip() for line in head]
    margin = min((len(row) - len(row.lstrip()) for row in lines if row.strip()), default=0)
    within = False
    for line in (row[margin:] for row in lines):
        if key := _KEY.match(line):
            within = key["key"] == "curie_map"
        elif within and (match := _PREFIX_LINE.fullmatch(line)):
            yield match["prefix"].strip("'\""), match["iri"].strip("'\"")


def _iri(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else str(term)
