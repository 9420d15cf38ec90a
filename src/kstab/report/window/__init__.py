"""A window in words, as a page, drawn, and as a figure."""
