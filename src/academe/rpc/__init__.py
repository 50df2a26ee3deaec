"""What is true of every call: the pipeline it passes, how errors travel, who is calling.

Read `pipeline.py` first, then `interceptors.py`, which is the order of things.
"""
