"""How large a closure may become, and the errors that say what makes it too large."""

from collections.abc import Iterable

from partyline.errors import ClosureTooLarge
from partyline.reasoning.model.rules import Fact, Slot, show

#: Facts that equal names may add to the closure, and pairs that a transitive property may have:
#: of 200 names of one resource, 40,000 triples ``owl:sameAs`` and 200 copies of all statements
#: about it; of a chain of 6,000 links, 18 million pairs. They take about 60 bytes each.
LARGEST_EXPANSION = 20_000_000


def too_many_pairs(property_: Slot, axioms: Iterable[Fact], largest: int) -> ClosureTooLarge:
    """Return the error of a transitive property whose closure has more than *largest* pairs."""
    name = show(property_)
    return ClosureTooLarge(
        f"{name} is transitive, and its closure has more than {largest} triples",
        f"state the steps with {name}, without its transitivity, and query them with the"
        f" property path {name}+",
        tuple(axioms),
    )


def check_values(number: int, largest: int = LARGEST_EXPANSION) -> None:
    """Raise ClosureTooLarge where resources are the same as too many literals, *number* of them.

    All of different values, and the resources that they are, are different from all others.
    """
    facts = 4 * number * (number - 1)
    if facts > largest:
        raise ClosureTooLarge(
            f"owl:sameAs makes resources the same as {number} literals: that those of different"
            f" values are different would be {facts} triples, more than {largest}",
            "say with another property what a resource is called or where it is described;"
            " owl:sameAs is for two names of one resource; or apply fewer rules (reasoning.rules)",
            (),
        )


def hierarchy_too_large(property_: Slot, largest: int) -> ClosureTooLarge:
    """Return the error of a hierarchy of classes or properties with more than *largest* pairs."""
    name = show(property_)
    return ClosureTooLarge(
        f"{name} is transitive, and its closure has more than {largest} triples",
        "leave levels of the hierarchy out, or declare fewer classes or properties equivalent",
        (),
    )
