"""Prompts: words to tokens."""
