"""Training: tokenizer, dVAE, judge, CLIP and prior; one small loop, resumable, by the minute.

``train.train`` is the door and ``loop.fit`` is the loop. Every stream of data is a pure function
of (seed, step, rank), so that a resumed run sees what it would have seen.
"""
