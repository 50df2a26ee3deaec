"""Lessons, and the blocks that they hold."""
