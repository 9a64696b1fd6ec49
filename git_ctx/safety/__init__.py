"""Pure checks on what comes in and goes out: secrets, paths, text for terminals."""
