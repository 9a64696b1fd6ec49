"""The prompts behind a line, a file or a commit."""
