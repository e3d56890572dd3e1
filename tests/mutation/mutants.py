"""The mutants of a package: mutmut's small changes to functions, each as a changed source file."""

import difflib
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import libcst
from mutmut.mutation.file_mutation import create_mutations, deep_replace


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change in one function."""

    #: Below ``server/partyline``, such as ``rdf/curies.py``.
    path: str
    #: With its class, such as ``Prefixes.shorten``.
    function: str
    #: The lines that change, and what they become.
    was: str
    becomes: str
    #: How many equal changes to equal lines of the function come before this one.
    repetition: int
    _module: Any
    _mutation: Any

    @property
    def place(self) -> str:
        """Return the function and its file, which tests are recorded for."""
        return f"{self.path}:{self.function}"

    @property
    def change(self) -> tuple[str, str, str]:
        """Return what identifies the change to a reader, and survives changes elsewhere."""
        return self.place, self.was, self.becomes

    @property
    def key(self) -> str:
        """Return what the mutant is kept under."""
        return json.dumps([*self.change, self.repetition])

    def __str__(self) -> str:
        return f"{self.place}\n      - {self.was}\n      + {self.becomes}"

    def original(self) -> str:
        """Return the whole file without the change."""
        return str(self._module.code)

    def source(self) -> str:
        """Return the whole file with the change."""
        mutation = self._mutation
        changed = deep_replace(self._module, mutation.original_node, mutation.mutated_node)
        return str(changed.code)  # type: ignore[union-attr,unused-ignore]  # a module stays one


def mutants(root: Path, package: str) -> list[Mutant]:
    """Return all mutants of *package*, a folder of *root*."""
    found: list[Mutant] = []
    for file in sorted((root / package).rglob("*.py")):
        found += _of_file(file, file.relative_to(root).as_posix())
    return found


def sample(found: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """Return *size* of the mutants at random, mostly the same ones after changes elsewhere."""

    def rank(mutant: Mutant) -> bytes:
        text = repr((seed, *mutant.change, mutant.repetition))
        return hashlib.sha256(text.encode()).digest()

    return sorted(found, key=rank)[:size]


def _of_file(file: Path, path: str) -> Iterator[Mutant]:
    module, mutations, _, _ = create_mutations(str(file), file.read_text(encoding="utf-8"))
    names = dict(_functions(module))
    seen: dict[tuple[str, str, str], int] = {}
    for mutation in mutations:
        function = mutation.contained_by_top_level_function
        if function not in names:
            continue
        changed = deep_replace(function, mutation.original_node, mutation.mutated_node)
        was, becomes = _difference(module.code_for_node(function), module.code_for_node(changed))
        change = names[function], was, becomes
        seen[change] = seen.get(change, -1) + 1
        yield Mutant(path, *change, seen[change], module, mutation)


def _functions(module: libcst.Module) -> Iterator[tuple[Any, str]]:
    for node in module.body:
        if isinstance(node, libcst.FunctionDef):
            yield node, node.name.value
        elif isinstance(node, libcst.ClassDef):
            for member in node.body.body:
                if isinstance(member, libcst.FunctionDef):
                    yield member, f"{node.name.value}.{member.name.value}"


def _difference(before: str, after: str) -> tuple[str, str]:
    """Return the lines that differ, without indentation."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    sides = ([line[2:].strip() for line in lines if line.startswith(sign)] for sign in "-+")
    was, becomes = ("\n".join(side) for side in sides)
    return was, becomes
