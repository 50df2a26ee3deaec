"""Modules: the parts of a course."""
