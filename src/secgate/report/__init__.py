"""Turns a decision into text: for people in a terminal and on a pull request, and for programs."""
