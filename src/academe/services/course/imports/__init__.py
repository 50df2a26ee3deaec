"""Courses out of archives."""
