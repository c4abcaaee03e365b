"""Reference data of the patients app: plain JSON.

surnames.json: {"readings": [{"surname", "readings"}], "compound": [...]} (REQUIREMENTS PAT-1, PAT-6). The first reading is the
    one used as a surname, the others are what a caller may type; syllables are parted by a space, without tone marks, v for ü.
allergies.json: drugs, materials and foods with a severity to begin with and a hint for the desk (PAT-2).
conditions.json: medical background with what to ask; caution_before_surgery marks what is warned of before an
    extraction or surgery (PAT-2, REC-9). The desk records, the dentist decides.
"""
