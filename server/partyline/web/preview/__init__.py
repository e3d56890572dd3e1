"""What ``serve --watch`` adds to pages: the findings, and a script that reloads them.

Nothing of it is in a server that is not started so.
"""

from partyline.web.preview.middleware import PreviewMiddleware
from partyline.web.preview.shown import ShownPreview

__all__ = ["PreviewMiddleware", "ShownPreview"]
