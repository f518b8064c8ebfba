"""Projections in the window: what the user wishes, the run, and the forms that ask for it."""
