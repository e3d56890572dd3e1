"""Split SPARQL into tokens without parsing it: enough to tell a bracket from a string.

Where SPARQL can be read in two ways, users of this module must assume the worse one:
``?a<?b&&?c>?d`` may hold an IRI, or three operators.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

#: A token; ``lastgroup`` is its kind. What matches nothing, such as white space, is left out.
Token = re.Match[str]

#: Characters of a text whose tokens are remembered: some 400 kB of memory at most.
_SHORT = 4000
_TOKEN = re.compile(
    r"""
    (?P<text>   \"{3} (?: [^"\\] | \\. | "(?!"") )* \"{3}
              | '{3}  (?: [^'\\] | \\. | '(?!'') )* '{3}
              | "(?: [^"\\\r\n] | \\. )*"
              | '(?: [^'\\\r\n] | \\. )*' )
  | (?P<comment>  \# [^\r\n]* )
  | (?P<iri>      < (?: [^<>"{}|^`\\\x00-\x20] | \\[uU] )* > )
  | (?P<variable> [?$]\w+ )
  | (?P<language> @[\w-]+ )
    # A longer prefix is cut in two; without a limit, a-a-a-... takes quadratic time.
  | (?P<name>     [\w.-]{0,64} : (?: [\w.:%-] | \\. )* )
  | (?P<word>     \w+ )
  | (?P<open>     [(\[{] )
  | (?P<close>    [)\]}] )
  | (?P<operator> \|\| | && | [!+*/|^=<>-] )
  | (?P<escape>   \\. )
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(text: str) -> Iterable[Token]:
    """Return the tokens of a query. A short one, which several readers ask for, is split once.

    >>> [token.lastgroup for token in tokens('ASK { ?s p:o "(" } # (')]
    ['word', 'open', 'variable', 'name', 'text', 'close', 'comment']
    """
    return _split(text) if len(text) <= _SHORT else _TOKEN.finditer(text)


def first_tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query, for a reader who needs the first few of them."""
    return _TOKEN.finditer(text)


@lru_cache(64)
def _split(text: str) -> tuple[Token, ...]:
    return tuple(_TOKEN.finditer(text))


def place(text: str, position: int) -> str:
    r"""Return where *position* is, counted from 1.

    >>> place("ASK {\n}", 6)
    'line 2, column 1'
    """
    line, column = line_and_column(text, position)
    return f"line {line}, column {column}"


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """Return the line and the column of *position*, counted from 1."""
    start = text.rfind("\n", 0, position)
    return text.count("\n", 0, position) + 1, position - start
