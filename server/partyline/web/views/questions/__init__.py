"""The views of the named questions."""

from partyline.web.views.questions.pages import blueprint

__all__ = ["blueprint"]
