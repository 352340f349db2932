"""Figures in matplotlib: values in, axes out; never a model, never ``show``."""
