"""Live sound: from a source into a ring of samples, from which everything else takes what it needs when it needs it."""
