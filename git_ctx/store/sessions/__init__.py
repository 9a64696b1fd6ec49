"""Sessions as a whole: which one is meant, what is in it, and uniting, moving and finishing it."""
