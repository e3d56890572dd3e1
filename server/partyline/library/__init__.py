"""The library: what ``import partyline`` offers, each name in the module that it belongs to."""
