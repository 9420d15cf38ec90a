"""Pages of commands that are no results of analyses."""
