"""How templates write a value: shown, escaped for HTML, and quickly.

A page has some three hundred values, and most are short texts in which nothing has to change. By
itself, Jinja calls the function that shows a value and another one that escapes it, which makes a
new object of each. The templates are compiled so that one function does both.
"""

import re
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from jinja2.utils import internalcode
from markupsafe import Markup, escape

from partyline.display import HIDDEN, visible
from partyline.web.templating.words import Words

#: A character that is not written as it is.
_CHANGED = re.compile(f"[&<>\"'{HIDDEN}]")
#: The templates of resources, which are given objects, and no mappings.
_OF_RESOURCES = tuple(
    str(Path(__file__).parents[1] / "templates" / f"{name}.html")
    for name in ("base", "resource", "_resource", "_values", "_passages")
)


class Exact(str):
    """Text that a page must hold as it is, such as a query in its editor."""

    __slots__ = ()


def shown(value: object) -> object:
    r"""Return what a page shows of *value*: control characters and overrides become escapes.

    >>> print(shown("a\u202eb"), shown(7))
    a\u202Eb 7
    """
    if isinstance(value, str) and not isinstance(value, Exact | Markup):
        return visible(value)
    return value


def written(value: object) -> str:
    r"""Return the HTML of what a page shows of *value*.

    >>> print(written("a\u202e & b"), written(Markup("<b>")), written(7))
    a\u202E &amp; b <b> 7
    """
    if type(value) is Markup:
        return value
    if type(value) is str and not _CHANGED.search(value):
        return value
    return escape(shown(value))


class _OutputGenerator(CodeGenerator):
    """Compiles ``{{ value }}`` to a call of `written`, and ``value.name`` to the same in Python.

    The latter in the templates of resources, where a name that a value lacks is a mistake; in all
    others, and in those of the publisher, Jinja looks for an item of that name, too.

    Jinja offers these methods to subclasses, as its own for native types. Should it cease to call
    them, templates are compiled as always, and write the same more slowly.
    """

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        if self.filename in _OF_RESOURCES:
            self.write("(")
            self.visit(node.node, frame)
            self.write(f").{node.attr}")
        else:
            super().visit_Getattr(node, frame)

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if _is_escaped(frame):
            self.write("environment.written(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if _is_escaped(frame):
            self.write(")")
        else:
            super()._output_child_post(node, frame, finalize)


def _is_escaped(frame: Frame) -> bool:
    """Tell whether the values of *frame* are escaped for certain."""
    return bool(frame.eval_ctx.autoescape and not frame.eval_ctx.volatile)


class _QuickContext(Context):
    """Calls macros and words, as most calls are, without looking for what else they may be."""

    @internalcode
    def call(self, called: Callable[..., object], /, *values: object, **named: object) -> object:
        """Return what *called* returns; a macro takes no context, only how it is escaped."""
        if type(called) is Words:
            return called(*values)  # type: ignore[arg-type]  # templates give it text
        if type(called) is not Macro:
            return super().call(called, *values, **named)
        named.pop("_loop_vars", None)
        named.pop("_block_vars", None)
        return called(self.eval_ctx, *values, **named)


def prepare_output(environment: Environment) -> None:
    """Have the templates of *environment*, none of which is compiled yet, write values so."""
    environment.finalize = shown
    environment.extend(written=written)
    environment.code_generator_class = _OutputGenerator
    environment.context_class = _QuickContext
