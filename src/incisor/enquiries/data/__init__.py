"""Texts that a clinic starts with."""
