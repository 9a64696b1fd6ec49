"""The commands: options, one call, one rendering. The only home of click."""
