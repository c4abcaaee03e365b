"""What forms set on paper."""
