"""The page of what differs between two sources."""
