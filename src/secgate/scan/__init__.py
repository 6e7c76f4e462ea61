"""Targets in, findings out: detect, plan, stage, run, normalise, merge."""
