"""Notice of changes: an Atom feed, Activity Streams, and a Linked Data Event Stream."""
