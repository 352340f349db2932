"""Scores: open_clip scorers, our own CLIP of the drawn world, its hard negatives, and reranking.

CLIP's class, its loss and its tokenizer are open_clip's; this room builds them small, teaches them
with captions that are almost right, and reads pictures and captions into unit vectors. open_clip
takes seconds to import, so nothing here imports it before it is needed.
"""
