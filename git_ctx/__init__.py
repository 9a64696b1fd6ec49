"""git ctx: the right context for a prompt, and every session kept in git."""

__version__ = "0.1.0"
