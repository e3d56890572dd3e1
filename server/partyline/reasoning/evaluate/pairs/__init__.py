"""Sets of pairs of numbers as sorted arrays: their joins, and the closures of them."""
