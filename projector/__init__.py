"""Reads, computes and describes what is in a log folder. Knows no windows: no Qt in here."""
