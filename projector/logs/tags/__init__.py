"""The table of a file's tags: a number for each, and the metadata that came first."""
