"""From pins to tools: every scanner in an environment of its own, and its databases, each with a receipt.

A scan reads `place`, `present` and `databases` only; what downloads, builds and compiles is loaded when asked for.
"""
