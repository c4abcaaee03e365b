"""Signs by which the desk judges how urgent a patient is: plain JSON (REQUIREMENTS REC-2, REC-3, QUA-2).

triage.json: key, name, level (emergency goes first, urgent is seen the same day, routine by appointment), what the desk does
    first, and the specialty to propose. The desk describes and directs; it makes no diagnosis.
"""
