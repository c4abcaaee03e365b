"""Outside engines: the one that sets receipts."""
