"""Findings and evidence in, a decision out."""
