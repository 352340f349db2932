"""Our own networks: the dVAE, the prior, and both as one model."""
