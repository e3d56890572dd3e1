"""The views of the JSON interface."""

from partyline.web.views.api.views import blueprint

__all__ = ["blueprint"]
