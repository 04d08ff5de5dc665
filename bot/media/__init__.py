"""Photo files: the store, the one-decode pipeline, fonts and lettering for pictures."""
