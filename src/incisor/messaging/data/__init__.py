"""Message templates a clinic starts with: plain JSON (REQUIREMENTS APT-11, APT-12, FUP-3, FUP-5, FUP-9, FUP-11).

templates.json: key, names, audience (patient or staff) and the bodies in Chinese and English. Placeholders:
    {patient} {clinic} {date} {time} {dentist} {phone}. A Chinese body filled with usual values fits into one SMS of 70 characters.
"""
