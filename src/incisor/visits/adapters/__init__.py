"""Sheets of paper out of records."""
