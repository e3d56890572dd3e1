"""The languages of the pages: which one a request is answered in, and where the others are."""

from partyline.web.languages.dispatch import Languages
from partyline.web.languages.links import language_links, negotiated_address
from partyline.web.languages.lookup import chosen_language

__all__ = ["Languages", "chosen_language", "language_links", "negotiated_address"]
