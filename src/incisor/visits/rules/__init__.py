"""What is allowed in a visit: its steps, teeth, kinds, and what a note must hold before it is signed."""
