"""What is known to be forgotten, and lines rewritten to forget it."""
