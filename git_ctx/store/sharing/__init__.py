"""What travels: remotes, and sessions sent, fetched and bundled."""
