"""Models that are already trained: the bundled one, and folders that a training wrote."""
