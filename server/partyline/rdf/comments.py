"""Comments in Turtle."""

import re

#: Where a # does not begin a comment: in strings of four kinds, in IRIs, after a backslash.
_NOT_COMMENT = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|<(?:[^\x00-\x20<>\"{}|^`\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>"
    r"|\\."
    r"|(?P<comment>\#[^\n]*)",
    re.DOTALL,
)


def count_comments(content: bytes) -> int:
    """Return the number of ``#`` comments in Turtle; a graph does not hold them.

    >>> count_comments(b'<http://example.org/#a> <b> "# no" . # yes')
    1
    """
    text = content.decode("utf-8", "replace")
    return sum(match["comment"] is not None for match in _NOT_COMMENT.finditer(text))
