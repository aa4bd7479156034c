"""The window's parts: each builds what it adds, connects it on the desk, and offers itself as a `Part`."""
