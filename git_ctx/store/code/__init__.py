"""Commits of code: git's own history, and which of them sessions know."""
