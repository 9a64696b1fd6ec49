"""Which files matter for a prompt. Knows text and numbers, never git."""
