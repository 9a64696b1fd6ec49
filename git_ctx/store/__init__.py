"""All that touches git: the only home of pygit2 and of git processes."""
