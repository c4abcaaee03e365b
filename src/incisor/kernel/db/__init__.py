"""Database back ends: Django's own, plus the write gate on SQLite and the organisation's schema on PostgreSQL."""
