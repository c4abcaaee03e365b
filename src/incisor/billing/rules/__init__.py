"""Decisions about money on plain values: whole fen in, whole fen out."""
