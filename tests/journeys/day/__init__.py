"""A whole day of a clinic at speed: its clock, its book, its script, and the ledger that the screens are held against."""
