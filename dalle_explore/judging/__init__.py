"""The judge: a small network that reads the facts of a picture back, or says that it cannot.

It shares no weights and no training pictures with CLIP, and no picture is ever chosen by it.
"""
