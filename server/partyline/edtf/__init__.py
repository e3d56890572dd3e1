"""Dates in the Extended Date/Time Format: parse, bounds, words. Knows nothing of RDF."""

from partyline.edtf.bounds import Bounds, Certainty, as_of, bounds
from partyline.edtf.grammar import parse
from partyline.edtf.words import PHRASES, in_sentence, in_words

__all__ = ["PHRASES", "Bounds", "Certainty", "as_of", "bounds", "in_sentence", "in_words", "parse"]
