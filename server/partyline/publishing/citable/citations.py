"""How an answer is cited: as a sentence, as BibTeX, as CSL-JSON, and as RIS."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from partyline.publishing.citable.answer import CitableAnswer

#: What BibTeX and LaTeX read as something else than a character.
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "^": r"\textasciicircum{}",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "%": r"\%",
}
_LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class CitationFormat:
    """A format of citations."""

    name: str
    media_type: str
    extension: str
    write: Callable[[CitableAnswer], str]


def citation_text(answer: CitableAnswer) -> str:
    """Return the citation as a sentence, in the order of DataCite: who, when, what, where."""
    publisher = answer.knowledge.publisher or answer.knowledge.title
    return (
        f"{publisher} ({_year(answer)}): {_ended(_title(answer))} {_container(answer)}."
        f" {_note(answer)}. {answer.address} (retrieved {answer.retrieved.isoformat()})"
    )


def _ended(sentence: str) -> str:
    """Return *sentence* with a full stop, unless it has an end.

    >>> _ended("Who led them?"), _ended("Leaders")
    ('Who led them?', 'Leaders.')
    """
    return sentence if sentence.endswith(("?", "!", ".", "…")) else f"{sentence}."


def _title(answer: CitableAnswer) -> str:
    """Return what was asked, in words; of a query without a title, its beginning."""
    if answer.inquiry.title:
        return answer.inquiry.title
    text = re.sub(r"\s+", " ", answer.inquiry.query).strip()
    if len(text) > _LONGEST_TITLE:
        text = text[: _LONGEST_TITLE - 1].rstrip() + "…"
    return f"Answer to the query: {text}"


def _container(answer: CitableAnswer) -> str:
    return f"{answer.knowledge.title}, release {answer.identifier}"


def _note(answer: CitableAnswer) -> str:
    found = "nothing found" if answer.is_empty else f"rows: {answer.result.rows}"
    return f"SHA-256 of the result {answer.result.sha256} ({found})"


def _year(answer: CitableAnswer) -> str:
    return answer.release.manifest.created[:4]


def _issued(answer: CitableAnswer) -> str:
    return answer.release.manifest.created[:10]


def _key(answer: CitableAnswer) -> str:
    return f"partyline-{answer.identifier}-{answer.result.sha256[:12]}"


def _bibtex(answer: CitableAnswer) -> str:
    publisher = answer.knowledge.publisher or answer.knowledge.title
    fields = {
        "author": "{" + _escaped(publisher) + "}",
        "title": "{" + _escaped(_title(answer)) + "}",
        "howpublished": _escaped(_container(answer)),
        "publisher": _escaped(publisher),
        "year": _year(answer),
        "version": answer.identifier,
        "note": _escaped(_note(answer)),
        # In percent-encoding, so that nothing in it has to be escaped but what \url takes as it is.
        "url": answer.address.replace("{", "%7B").replace("}", "%7D"),
        "urldate": answer.retrieved.isoformat(),
    }
    lines = (f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{{_key(answer)},\n" + ",\n".join(lines) + "\n}\n"


def _escaped(text: str) -> str:
    r"""Return *text* for BibTeX.

    >>> _escaped("50 % of {x}")
    '50 \\% of \\{x\\}'
    """
    return "".join(_SPECIAL.get(sign, sign) for sign in text)


def _csl(answer: CitableAnswer) -> str:
    publisher = answer.knowledge.publisher or answer.knowledge.title
    item = {
        "id": _key(answer),
        "type": "dataset",
        "title": _title(answer),
        "author": [{"literal": publisher}],
        "container-title": answer.knowledge.title,
        "publisher": publisher,
        "version": answer.identifier,
        "issued": {"date-parts": [_parts(_issued(answer))]},
        "accessed": {"date-parts": [_parts(answer.retrieved.isoformat())]},
        "URL": answer.address,
        "note": _note(answer),
    }
    return json.dumps([item], ensure_ascii=False, indent=1) + "\n"


def _parts(day: str) -> list[int]:
    return [int(part) for part in day.split("-")]


def _ris(answer: CitableAnswer) -> str:
    publisher = answer.knowledge.publisher or answer.knowledge.title
    fields = (
        ("TY", "DATA"),
        ("AU", publisher),
        ("TI", _title(answer)),
        ("T2", answer.knowledge.title),
        ("PB", publisher),
        ("PY", _year(answer)),
        ("DA", _issued(answer).replace("-", "/")),
        ("ET", answer.identifier),
        ("N1", _note(answer)),
        ("UR", answer.address),
        ("Y2", answer.retrieved.isoformat().replace("-", "/")),
        ("ER", ""),
    )
    # A line is a field: none may have a line end inside. The format ends them with CR LF.
    return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in fields)


#: In the order of the page.
CITATION_FORMATS = (
    CitationFormat("BibTeX", "application/x-bibtex", "bib", _bibtex),
    CitationFormat("CSL-JSON", "application/vnd.citationstyles.csl+json", "csl", _csl),
    CitationFormat("RIS", "application/x-research-info-systems", "ris", _ris),
)
