"""Which statements of a release would not hold without a source, or a family of sources."""

from partyline.releases.reliance.columns import Reliance, read_reliance
from partyline.releases.reliance.computing import compute_reliance

__all__ = ["Reliance", "compute_reliance", "read_reliance"]
