"""Reports: a finished result as terminal text, JSON, CSV, HTML or a figure."""
