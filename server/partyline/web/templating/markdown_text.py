"""Text of the publisher in Markdown, as HTML."""

from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from partyline.display import visible
from partyline.web.public_address import here


class MarkdownText:
    """Text in CommonMark, written without any HTML of its author, and without unsafe links."""

    def __init__(self, text: str) -> None:
        # HTML in the text is shown as text; javascript: and such links are not links.
        self._parser = MarkdownIt("commonmark", {"html": False}).enable("table")
        self._tokens = self._parser.parse(visible(text))
        #: Return the HTML for clients for whom this is the root of the server.
        self._for_root = lru_cache(16)(self._render)

    def __call__(self) -> Markup:
        """Return HTML, with links as the client of the present request has to write them."""
        return self._for_root(here("/"))

    def _render(self, _: str) -> Markup:
        parser, tokens = self._parser, list(map(_with_local_address, self._tokens))
        html = parser.renderer.render(tokens, parser.options, {})
        return Markup(html)  # noqa: S704  # the parser has escaped all that is not Markdown

    def __bool__(self) -> bool:
        return bool(self._tokens)


def _with_local_address(token: Token) -> Token:
    """Return *token* with the addresses in it as the client has to write them."""
    attributes = {
        name: here(value) if name in ("href", "src") and isinstance(value, str) else value
        for name, value in token.attrs.items()
    }
    children = token.children
    inner = None if children is None else list(map(_with_local_address, children))
    return token.copy(attrs=attributes, children=inner)
