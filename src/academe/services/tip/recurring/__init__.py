"""Recurring tips: promises to tip every week, month or year, each period charged once."""
