"""What each part of the model learns from: one task per file."""
