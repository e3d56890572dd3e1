"""An answer as JSON, which says by its own hash whether it was changed.

docs/reference/answers.md describes the members. The hash at the end is that of the document without
it, written as RFC 8785 writes JSON: members in the order of their names, no white space.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from partyline.publishing.citable.answer import CitableAnswer
from partyline.publishing.citable.citations import CITATION_FORMATS, citation_text
from partyline.sparql.canonical_results import VERSION

#: The member that has the hash of the others.
DIGEST = "sha256"
Document = Mapping[str, Any]


def answer_document(answer: CitableAnswer) -> dict[str, Any]:
    """Return the answer as a table for JSON."""
    manifest, knowledge, inquiry = answer.release.manifest, answer.knowledge, answer.inquiry
    asked: dict[str, Any] = {"query": inquiry.query}
    if inquiry.question:
        asked |= {"question": inquiry.question, "parameters": dict(inquiry.arguments)}
    found: dict[str, Any] = {
        "type": "Answer",
        "address": answer.address,
        "title": inquiry.title,
        **asked,
        "dataset": {
            "iri": f"{manifest.base}dataset",
            "title": knowledge.title,
            "publisher": knowledge.publisher,
            "licence": knowledge.licence,
        },
        "release": {
            "identifier": answer.identifier,
            "sha256": answer.release_sha256,
            "created": manifest.created,
        },
        "result": {
            "form": answer.result.form,
            "ordered": answer.result.is_ordered,
            "rows": answer.result.rows,
            "canonical_form": VERSION,
            "sha256": answer.result.sha256,
        },
        **_content(answer),
        "retrieved": answer.retrieved.isoformat(),
        "citation": {
            "text": citation_text(answer),
            **{row.extension: answer.address_in(row.extension) for row in CITATION_FORMATS},
        },
    }
    return found | {DIGEST: digest(found)}


def _content(answer: CitableAnswer) -> dict[str, Any]:
    if answer.result.form == "CONSTRUCT":
        return {"graph": answer.content.decode()}
    return {"answer": json.loads(answer.content)}


def content_of(document: Document) -> bytes:
    """Return the answer in *document* as an endpoint sends it. Raises KeyError."""
    if "graph" in document:
        return str(document["graph"]).encode()
    return json.dumps(document["answer"]).encode()


def digest(document: Document) -> str:
    """Return the hash of *document* without its own.

    >>> digest({"b": 1, "a": "é"}) == digest({"a": "é", "b": 1, "sha256": "no matter"})
    True
    """
    others = {name: value for name, value in document.items() if name != DIGEST}
    text = json.dumps(others, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def written(document: Document) -> str:
    """Return the text of the file."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
