"""Drawing: from logits to codes, one step after another."""
