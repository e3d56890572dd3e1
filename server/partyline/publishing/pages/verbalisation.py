"""Literals in the words of a reader; what has no simpler words stays as the source gives it."""

from pyoxigraph import Literal

from partyline.edtf import in_words
from partyline.vocabulary import EDTF, XSD


def verbalise(literal: Literal) -> str:
    """Return *literal* in words, or its lexical form where it has none.

    >>> verbalise(Literal("1985/1992-11", datatype=EDTF))
    'from 1985 to November 1992'
    """
    # A date of XML Schema without a time zone is also one of EDTF.
    return in_words(literal.value) if literal.datatype in (EDTF, XSD.date) else literal.value
