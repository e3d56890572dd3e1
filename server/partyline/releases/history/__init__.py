"""What lasts beyond one release: IRIs that were published, and when each release was current."""
