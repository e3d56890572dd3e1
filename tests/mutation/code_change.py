"""A mutant as a change of code in a running process: no module is imported again for it."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType


@dataclass(frozen=True, slots=True)
class CodeChange:
    """The new source of a file, of which one function is to be replaced."""

    #: Below ``server/partyline``, such as ``rdf/curies.py``.
    path: str
    #: With its class, such as ``PrefixMap.split``.
    function: str
    source: str

    def apply(self) -> None:
        """Replace the code of the function. Raises LookupError where it is not a plain one."""
        module = importlib.import_module(
            "partyline." + self.path.removesuffix(".py").replace("/", ".")
        )
        owner, _, name = self.function.rpartition(".")
        found = vars(vars(module)[owner] if owner else module)[name]
        function = getattr(found, "__func__", found)
        if not isinstance(function, FunctionType):
            raise LookupError(self.function)
        function.__code__ = _code(self.source, self.function)


def is_replaceable(original: str, changed: str, function: str) -> bool:
    """Tell whether the two sources differ in the code of *function*, not in its defaults alone."""
    try:
        before, after = _code(original, function), _code(changed, function)
    except (LookupError, SyntaxError):
        return False
    return before != after and before.co_freevars == after.co_freevars


def _code(source: str, function: str) -> CodeType:
    module = compile(source, function, "exec", dont_inherit=True)
    found = [code for code in _inside(module) if code.co_qualname == function]
    if len(found) != 1:
        raise LookupError(function)
    return found[0]


def _inside(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inside(constant)
