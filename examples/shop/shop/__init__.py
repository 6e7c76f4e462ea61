"""A shop that nobody should open. Vulnerable on purpose: see ../README.md."""
