"""Templates of pages: how they write values, and what a publisher changes of them."""
