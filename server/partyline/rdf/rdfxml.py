"""RDF/XML (RDF 1.1 XML Syntax): one element for each subject, the same bytes for the same triples.

The writer of pyoxigraph does not ask whether RDF/XML can represent a graph: for a predicate
without a local name, a control character, or a reserved term such as rdf:li it writes files that
are ill-formed or say something else. This one refuses.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from xml.parsers import expat

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.errors import NotSerialisable
from partyline.rdf.curies import PrefixMap
from partyline.rdf.serialisable import check_rdf11, label, shown
from partyline.vocabulary import RDF, XSD

#: XML 1.0, production 2 (Char): everything else cannot be written, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: What is escaped in text; a carriage return would be read as a line feed (XML 1.0, 2.11).
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_ATTRIBUTES = _IN_TEXT | str.maketrans({"\n": "&#10;", "\t": "&#9;"})
#: A local name that every edition of XML 1.0 allows.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_PREFIX = re.compile(r"(?![Xx][Mm][Ll])[A-Za-z_][A-Za-z0-9_.-]*")
#: RDF/XML, section 7.2.2 to 7.2.4: terms that are syntax and therefore not property elements.
_RESERVED = frozenset(
    RDF[name]
    for name in (
        *("Description", "RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype"),
        *("li", "bagID", "aboutEach", "aboutEachPrefix"),
    )
)
#: The end of the element of a subject, and of the document.
SUBJECT_END, END = " </rdf:Description>\n", "</rdf:RDF>\n"
_NOT_NAMESPACES = ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/")


def write_rdfxml(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    """Return *triples* as RDF/XML.

    Raises NotSerialisable, before anything is written, where RDF/XML cannot represent them: a
    predicate that does not end in a name of XML or is reserved, a character that XML forbids.

    >>> book = NamedNode("https://example.org/moby-dick")
    >>> title = Triple(book, NamedNode("https://example.org/title"), Literal("Moby-Dick"))
    >>> print(write_rdfxml([title], {"ex": "https://example.org/"}).decode(), end="")
    <?xml version="1.0" encoding="UTF-8"?>
    <rdf:RDF
      xmlns:ex="https://example.org/"
      xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
     <rdf:Description rdf:about="https://example.org/moby-dick">
      <ex:title>Moby-Dick</ex:title>
     </rdf:Description>
    </rdf:RDF>
    """
    rows = sorted(set(triples), key=str)
    check_rdf11(rows)
    names = PropertyNames(prefixes)
    body: list[str] = []
    for subject, group in groupby(rows, key=lambda row: row.subject):
        body.append(subject_start(subject))
        body += [property_element(names.name(row.predicate), row.object) for row in group]
        body.append(SUBJECT_END)
    return "".join([names.head(), *body, END]).encode()


def subject_start(subject: NamedNode | BlankNode | Triple) -> str:
    """Return the start tag of the element of *subject*."""
    return f" <rdf:Description {_node(subject, 'about')}>\n"


def property_element(name: str, object_: NamedNode | BlankNode | Literal | Triple) -> str:
    """Return the element *name* of *object_*."""
    tail = after_name(object_)
    return f"  <{name}{tail}{name}>\n" if isinstance(object_, Literal) else f"  <{name}{tail}"


def after_name(object_: NamedNode | BlankNode | Literal | Triple) -> str:
    """Return what follows the name in the start tag of *object_*.

    An element of a literal goes on with the name again, and ``>``.
    """
    if not isinstance(object_, Literal):
        return f" {_node(object_, 'resource')}/>\n"
    text = _checked(object_.value, object_).translate(_IN_TEXT)
    return f"{_literal_attribute(object_)}>{text}</"


class PropertyNames:
    """The names of predicates in one document, and the namespaces that they need."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        usable = {
            prefix: iri
            for prefix, iri in prefixes.items()
            if _PREFIX.fullmatch(prefix) and prefix != "rdf" and iri not in _NOT_NAMESPACES
        }
        self._prefixes = PrefixMap(usable | {"rdf": RDF.iri})
        self._taken = set(usable)
        self._used: dict[str, str] = {"rdf": RDF.iri}
        self._names: dict[NamedNode, str] = {}

    def head(self) -> str:
        """Return the start of the document: the namespaces of all names so far."""
        spaces = "".join(
            f"\n  xmlns:{prefix}={_quoted(self._used[prefix])}" for prefix in sorted(self._used)
        )
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{spaces}>\n'

    def name(self, predicate: NamedNode) -> str:
        """Return the name of the elements of *predicate*.

        Raises NotSerialisable where it does not end in a name of XML, or is reserved.
        """
        if predicate not in self._names:
            self._names[predicate] = self._new_name(predicate)
        return self._names[predicate]

    def _new_name(self, predicate: NamedNode) -> str:
        _checked(predicate.value, predicate)
        if predicate in _RESERVED:
            raise NotSerialisable(
                f"{shown(predicate)}: is reserved in RDF/XML; choose another format"
            )
        for prefix, namespace, local in self._prefixes.cuts(predicate.value):
            if _is_name(local):
                self._used[prefix] = namespace
                return f"{prefix}:{local}"
        namespace, local = _split(predicate)
        known = {iri: prefix for prefix, iri in self._used.items()}
        prefix = known.get(namespace) or self._new_prefix()
        self._used[prefix] = namespace
        return f"{prefix}:{local}"

    def _new_prefix(self) -> str:
        number = 1
        while f"ns{number}" in self._taken:
            number += 1
        self._taken.add(f"ns{number}")
        return f"ns{number}"


def _split(predicate: NamedNode) -> tuple[str, str]:
    """Return a namespace and the longest local name that every edition of XML allows."""
    iri = predicate.value
    tail = re.search(r"[A-Za-z0-9_.-]*\Z", iri)
    start = tail.start() if tail else len(iri)
    cuts = [*range(start, len(iri)), *range(start - 1, 0, -1)]
    for cut in cuts:
        namespace, local = iri[:cut], iri[cut:]
        if namespace and _is_name(local) and namespace not in _NOT_NAMESPACES:
            return namespace, local
    raise NotSerialisable(
        f"{shown(predicate)}: RDF/XML cannot write this predicate, because it does not end in a"
        " name of XML; choose another format"
    )


def _is_name(local: str) -> bool:
    """Tell whether *local* is a name without a colon for a parser of XML 1.0, fourth edition."""
    if _NAME.fullmatch(local):
        return True
    if local.isascii() or not local or re.search(r"[\s/<>=:&'\"]", local):
        return False
    try:
        expat.ParserCreate().Parse(f"<{local}/>".encode(), True)
    except expat.ExpatError:
        return False
    return True


def _node(node: NamedNode | BlankNode | Triple, attribute: str) -> str:
    if isinstance(node, BlankNode):
        return f'rdf:nodeID="{label(node)}"'
    if isinstance(node, Triple):
        raise NotSerialisable(f"{shown(node)}: triple terms are RDF 1.2; only RDF 1.1 is written")
    return f"rdf:{attribute}={_quoted(_checked(node.value, node))}"


def _literal_attribute(literal: Literal) -> str:
    if literal.language:
        return f' xml:lang="{literal.language}"'
    if literal.datatype == XSD.string:
        return ""
    return f" rdf:datatype={_quoted(_checked(literal.datatype.value, literal))}"


def _quoted(text: str) -> str:
    """Return *text* as the value of an attribute.

    As ``xml.sax.saxutils`` does, which would import what talks to the network.

    >>> print(_quoted("a&b"), _quoted('a"b'), _quoted("a'" + 'b"'))
    "a&amp;b" 'a"b' "a'b&quot;"
    """
    escaped = text.translate(_IN_ATTRIBUTES)
    if '"' not in escaped:
        return f'"{escaped}"'
    return f"'{escaped}'" if "'" not in escaped else '"' + escaped.replace('"', "&quot;") + '"'


def _checked(text: str, term: NamedNode | Literal) -> str:
    """Return *text* where XML allows all of its characters."""
    found = _NOT_XML.search(text)
    if found:
        raise NotSerialisable(
            f"{shown(term)}: XML 1.0 does not allow the character U+{ord(found[0]):04X};"
            " choose another format"
        )
    return text
