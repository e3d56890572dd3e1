"""Literals in the words of a reader; what has no simpler words stays as the source gives it."""

from collections.abc import Mapping
from types import MappingProxyType

from pyoxigraph import Literal

from partyline.edtf import in_words
from partyline.vocabulary import EDTF, XSD


def verbalise(literal: Literal, dates: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return *literal* in words, or its lexical form where it has none.

    *dates* are the phrases of dates in another language than English.

    >>> verbalise(Literal("1985/1992-11", datatype=EDTF))
    'from 1985 to November 1992'
    """
    # A date of XML Schema without a time zone is also one of EDTF.
    is_date = literal.datatype in (EDTF, XSD.date)
    return in_words(literal.value, dates) if is_date else literal.value
