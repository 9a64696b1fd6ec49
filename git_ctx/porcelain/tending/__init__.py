"""Sessions kept whole, renamed, deleted, forgotten; what dead runs left."""
