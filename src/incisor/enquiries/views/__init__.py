"""Pages of the telephone, of enquiries and of answers."""
