"""Short views of a resource: the preview in a frame, and what a suggestion flies out to."""

from dataclasses import dataclass

from pyoxigraph import NamedNode

from partyline.errors import UnknownResource
from partyline.publishing.labels import Text
from partyline.publishing.pages.resource.sentences import Sentences
from partyline.publishing.pages.view_models import Link
from partyline.publishing.publication import Publication
from partyline.publishing.reconciliation.entities import Entities

#: Other names that a card shows.
_NAMES = 6


@dataclass(frozen=True, slots=True)
class Card:
    """What a card shows of a resource, a class or a property."""

    link: Link
    kinds: tuple[Link, ...]
    #: One sentence that says what it is, where a page is declared for its kind; or its definition.
    sentence: Text | None
    #: Other names, and names in other languages.
    names: tuple[Text, ...]
    #: The address of an image, or empty.
    image: str


@dataclass(frozen=True)
class Cards:
    """Cards of the resources of a publication."""

    publication: Publication
    entities: Entities

    def of(self, identifier: str) -> Card:
        """Return the card of the resource *identifier*. Raises UnknownResource."""
        node = self.entities.iri(identifier)
        if node is None:
            raise UnknownResource(f"No statement mentions <{identifier}>.")
        link = self.entities.link(node)
        names = dict.fromkeys(row for row in self.entities.names(node) if row != link.name)
        return Card(
            link=link,
            kinds=tuple(self.entities.types(node)),
            sentence=self._sentence(node),
            names=tuple(names)[:_NAMES],
            image=self.publication.presenter.image(node.value),
        )

    def _sentence(self, node: NamedNode) -> Text | None:
        number = self.publication.statements.table.number(node)
        if number is not None:
            sentence = Sentences(self.publication.reader, number).of(number)
            if sentence is not None:
                return Text(sentence.text, sentence.language)
        return self.entities.definition(node)
