"""Sessions given to others, and taken from them."""
