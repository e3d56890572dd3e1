"""IRIs and language tags that are not valid, in statements that a lenient parser yields."""

from pyoxigraph import Literal, NamedNode, Triple

from partyline.findings import Finding, Severity

#: The code of their findings.
INVALID_IRI = "invalid-iri"


class InvalidTerms:
    """Finds the statements of one document that have such a term: they cannot be published."""

    def __init__(self, name: str, severity: Severity) -> None:
        self._name, self._severity = name, severity
        #: What is wrong with each term that was looked at; empty where nothing is.
        self._reasons: dict[str, str] = {}

    def find(self, triple: Triple, graph: NamedNode | None, line: int) -> Finding | None:
        """Return what is wrong with *triple*, or None."""
        for term in (triple.subject, triple.predicate, triple.object, graph):
            if isinstance(term, NamedNode):
                reason, text = self._reason(term.value, is_iri=True), f"<{term.value}>"
            elif isinstance(term, Literal):
                datatype = self._reason(term.datatype.value, is_iri=True)
                tag = term.language or ""
                reason = datatype or (self._reason(tag, is_iri=False) if tag else "")
                text = f"<{term.datatype.value}>" if datatype else f'the language tag "{tag}"'
            else:
                continue
            if reason:
                return self._finding(text, reason, line)
        return None

    def _reason(self, text: str, *, is_iri: bool) -> str:
        key = text if is_iri else "@" + text
        if key not in self._reasons:
            self._reasons[key] = _error(text, is_iri=is_iri)
        return self._reasons[key]

    def _finding(self, text: str, reason: str, line: int) -> Finding:
        is_warning = self._severity is Severity.WARNING
        done = "; its statement is left out" if is_warning else ""
        remedy = "write a character that is not allowed as % and two hexadecimal digits"
        if not is_warning:
            remedy += ', or set checks.invalid_iris = "withhold" to publish the rest'
        return Finding(
            self._name,
            line,
            INVALID_IRI,
            f"{text} is not valid: {reason}{done}",
            remedy,
            self._severity,
        )


def _error(text: str, *, is_iri: bool) -> str:
    """Return why the parser would refuse *text* if it were strict; empty where it would not."""
    try:
        if is_iri:
            NamedNode(text)
        else:
            Literal("", language=text)
    except ValueError as error:
        return str(error).removeprefix("Invalid IRI ").strip() or "it is not valid"
    return ""
