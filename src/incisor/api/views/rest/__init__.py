"""The interface for other programs, REST over JSON, version 1. Imported by the door at the first request."""
