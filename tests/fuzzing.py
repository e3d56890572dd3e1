"""Queries made at random: by a grammar of SPARQL, and by damage to what the grammar made."""

import random
import re
from collections.abc import Iterator

_TOKEN = re.compile(r"\s+|[\w:?$]+|<[^>]*>|\"[^\"]*\"|.", re.DOTALL)
_VARIABLES = ("?a", "?b", "?c", "?d", "$e")
_TERMS = ("<urn:x>", "ex:name", "ex:next", "[]", "()", "7", "-1.5", "1e400", "true", '"text"')
_VALUES = ("<urn:x>", "ex:name", "7", "-1.5", "1e400", "true", '"text"', '"ខ្មែរ"@km', '"x"^^ex:t')
#: Functions, by the number of their arguments.
_FUNCTIONS = (
    ("RAND", "NOW", "UUID", "STRUUID", "BNODE"),
    ("STR", "LANG", "DATATYPE", "ISIRI", "ABS", "CEIL", "STRLEN", "UCASE", "YEAR", "MD5", "IRI"),
    ("CONCAT", "REGEX", "STRDT", "STRLANG", "CONTAINS", "STRBEFORE", "SAMETERM", "LANGMATCHES"),
    ("SUBSTR", "REPLACE", "IF", "COALESCE", "REGEX"),
)
_OPERATORS = ("||", "&&", "=", "!=", "<", ">=", "+", "-", "*", "/", "IN", "NOT IN")
_AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
#: What damage brings in: ends, beginnings, escapes, and words that mean something.
_SPLINTERS = (
    *("{", "}", "(", ")", "[", "]", "<", ">", '"', "'", "'''", "\\", "\\u0028", "#", "\r", "\0"),
    *("SERVICE", "LOAD", "INSERT", "FROM", "GRAPH", "<<(", ")>>", "^", "|", "!", "*", "{0,3}"),
    *("\ud800", "\U0010ffff", "\u202e", "9" * 400, "a" * 5000, "PREFIX", "BASE", "@", "%", "&&"),
)


class Grammar:
    """Makes queries; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def queries(self, number: int) -> Iterator[str]:
        """Yield *number* queries, half of them damaged."""
        for _ in range(number):
            query = self.query()
            yield self.damaged(query) if self._random.random() < 0.5 else query

    def query(self) -> str:
        """Return a query that is SPARQL, or nearly so."""
        begin, end = self._pick("SELECT * ", "SELECT DISTINCT ?a ?b ", "ASK ", "DESCRIBE ?a "), ""
        kind = self._random.random()
        if kind < 0.2:
            function = self._random.choice(_AGGREGATES)
            begin = f"SELECT ?a ({function}({self._pick('', 'DISTINCT ')}?b) AS ?n) "
            end = "GROUP BY ?a " + self._pick("", "HAVING(COUNT(*) > 1)")
        elif kind < 0.4:
            begin = "CONSTRUCT { ?a ex:made ?b . ?b ?c [] } WHERE "
        modifiers = self._pick("", "ORDER BY DESC(?a)", f"ORDER BY ({self._expression(2)})")
        limit = self._pick("", "LIMIT 5", "LIMIT 0 OFFSET 7", "VALUES (?a ?b) { (UNDEF 1) }")
        group = self._group(3)
        return f"PREFIX ex: <https://example.org/> {begin}{group} {end} {modifiers} {limit}"

    def damaged(self, query: str) -> str:
        """Return *query* with a few things taken away, repeated or put in."""
        parts = _TOKEN.findall(query)
        for _ in range(self._random.randint(1, 4)):
            place = self._random.randrange(len(parts) + 1)
            other = self._random.randrange(len(parts) + 1)
            kind = self._random.randrange(5)
            if kind == 0:
                del parts[place : place + self._random.randint(1, 3)]
            elif kind == 1:
                parts.insert(place, self._random.choice(_SPLINTERS))
            elif kind == 2:
                parts[place:place] = parts[other : other + 10]
            elif kind == 3:
                splinters = [self._random.choice(_SPLINTERS)] * self._random.randint(2, 300)
                parts[place:place] = splinters
            else:
                parts[place:place] = parts[other : other + 3] * self._random.randint(2, 40)
        return "".join(parts)[:60_000]

    def _pick(self, *choices: str) -> str:
        return self._random.choice(choices)

    def _group(self, depth: int) -> str:
        parts = [self._triples(self._random.randint(0, 3))]
        for _ in range(self._random.randint(0, 3) if depth else 0):
            inner = self._group(depth - 1)
            parts.append(
                self._pick(
                    f"OPTIONAL {inner}",
                    f"{inner} UNION {self._group(depth - 1)}",
                    f"MINUS {inner}",
                    f"GRAPH {self._pick('?g', '<urn:g>')} {inner}",
                    f"FILTER {self._pick('', 'NOT ')}EXISTS {inner}",
                    f"FILTER({self._expression(3)})",
                    f"BIND({self._expression(3)} AS ?x{self._random.randrange(1000)})",
                    f"{{ SELECT ?a {inner} LIMIT 3 }}",
                    f"VALUES ?b {{ {self._value()} {self._pick('UNDEF', '1')} }}",
                    f"LATERAL {inner}",
                )
            )
        self._random.shuffle(parts)
        return "{ " + " ".join(parts) + " }"

    def _triples(self, number: int) -> str:
        return " ".join(
            f"{self._node()} {self._predicate()} {self._node()} ." for _ in range(number)
        )

    def _node(self) -> str:
        return self._random.choice(_VARIABLES) if self._random.random() < 0.7 else self._term()

    def _term(self) -> str:
        return self._random.choice(_TERMS)

    def _value(self) -> str:
        return self._random.choice(_VALUES)

    def _predicate(self) -> str:
        if self._random.random() < 0.3:
            return self._random.choice(_VARIABLES)
        return self._path(2)

    def _path(self, depth: int) -> str:
        step = self._pick("ex:name", "ex:next", "a", "!ex:next", "^ex:next", "!(ex:name|^ex:next)")
        if not depth:
            return step
        inner = self._path(depth - 1)
        more = (
            f"({inner})*",
            f"({inner})+",
            f"({inner})?",
            f"{step}/({inner})",
            f"{step}|({inner})",
        )
        return self._pick(step, *more)

    def _expression(self, depth: int) -> str:
        if not depth or self._random.random() < 0.2:
            return self._random.choice((*_VARIABLES, *_VALUES))
        first, second = self._expression(depth - 1), self._expression(depth - 1)
        operator = self._random.choice(_OPERATORS)
        if operator.endswith("IN"):
            second = f"({second}, {self._value()})"
        number = self._random.randrange(len(_FUNCTIONS))
        arguments = ", ".join([first, second, '"x"'][:number])
        return self._pick(
            f"{self._random.choice(_FUNCTIONS[number])}({arguments})",
            f"({first} {operator} {second})",
            f"(!{first})",
        )
