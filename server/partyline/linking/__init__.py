"""Propose links to the resources of another dataset, through its SPARQL endpoint, for review."""

from partyline.linking.endpoint import Endpoint
from partyline.linking.options import LinkOptions
from partyline.linking.proposals import Proposal
from partyline.linking.review_file import Review, read_review, review_file
from partyline.linking.run import Linked, propose

__all__ = [
    "Endpoint",
    "LinkOptions",
    "Linked",
    "Proposal",
    "Review",
    "propose",
    "read_review",
    "review_file",
]
