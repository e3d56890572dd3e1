"""Worker processes for untrusted queries: forked, sandboxed, killed and replaced."""
