"""The composer: models, draws, samples and records, behind ``dx.load``, ``dx.draw``, ``dx.open``.

Import from the modules: ``record`` and ``save`` need no torch, and a command that only checks its
arguments should not wait for it.
"""
