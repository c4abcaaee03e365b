"""Who is called next, how long somebody waits, how urgent a complaint is, which chair is proposed."""
