"""The Python half of each widget; the browser half is in ``widgets/`` at the top."""
