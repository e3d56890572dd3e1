"""Keep a closure up to date while its asserted triples change."""
