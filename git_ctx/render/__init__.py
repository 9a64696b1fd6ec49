"""Values to text: markdown, XML, JSON, and words for a terminal."""
