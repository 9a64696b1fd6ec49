"""A context: what steers it, what a conversation knows, and how it is put together."""
