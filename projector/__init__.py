"""Reads, computes and describes what is in a log folder. Knows nothing of windows: no Qt in here."""
