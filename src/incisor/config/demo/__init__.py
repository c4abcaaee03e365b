"""Material from which `incisor demo` makes its clinics: plain JSON, all people and places invented.

names.json: surnames with weights per ten thousand, given names by years of birth and sex, rare characters, names whose
    pinyin needs care, foreign names (REQUIREMENTS PAT-1, PAT-6).
places.json: an invented city with districts and streets, occupations, channels (PAT-4), insurance kinds, languages, tags.
    The area code and the mobile prefix belong to nobody.
talk.json: complaints in patients' words with a fitting procedure and urgency (PAT-3, REC-3), booking notes, cancel reasons.
people.json: organisation, two clinics (ORG-1, ORG-5), dentists with specialties and introductions (ORG-3), staff by role
    (ORG-2); a clinic left empty means that the person works for the organisation as a whole.
"""
