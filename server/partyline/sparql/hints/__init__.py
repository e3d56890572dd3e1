"""Hints on queries that are valid and probably not what was meant, or slow."""

from partyline.sparql.hints.messages import Message, Phrase
from partyline.sparql.hints.traps import Hint, query_hints

__all__ = ["Hint", "Message", "Phrase", "query_hints"]
