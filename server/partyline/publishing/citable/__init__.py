"""Answers that can be cited: query, release and result with their hashes, and how to cite them."""

from partyline.publishing.citable.answer import Ask, CitableAnswer, Inquiry, answer_of
from partyline.publishing.citable.citations import CITATION_FORMATS, CitationFormat, citation_text
from partyline.publishing.citable.document import answer_document
from partyline.publishing.citable.inquiries import inquiry_of_question
from partyline.publishing.citable.verification import differences, read_answer

__all__ = [
    "CITATION_FORMATS",
    "Ask",
    "CitableAnswer",
    "CitationFormat",
    "Inquiry",
    "answer_document",
    "answer_of",
    "citation_text",
    "differences",
    "inquiry_of_question",
    "read_answer",
]
