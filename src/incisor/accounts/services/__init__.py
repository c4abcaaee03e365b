"""What changes accounts: attempts, sessions, second factor, users, roles."""
