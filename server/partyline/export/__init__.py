"""The whole site as files, for servers and hosts that run no program."""

from partyline.export.release import export_release
from partyline.export.site import ExportedSite

__all__ = ["ExportedSite", "export_release"]
