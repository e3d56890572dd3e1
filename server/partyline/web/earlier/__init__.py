"""Earlier releases: found by date, opened when they are asked for, and what a page says of them."""
