"""Copies of a published site: its releases, file by file, and the releases that follow."""

from partyline.mirroring.follower import Follower
from partyline.mirroring.mirror import Mirror, Pulled
from partyline.mirroring.origin import Origin

__all__ = ["Follower", "Mirror", "Origin", "Pulled"]
