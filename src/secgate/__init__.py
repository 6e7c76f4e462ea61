"""secgate: a CI security gate that is never green by accident."""

__version__ = "0.1.0"
