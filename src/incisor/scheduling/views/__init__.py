"""Pages of the calendar, of booking and of one appointment."""
