"""Checkpoints: those of real writers, hand-made ones, and damage."""
