"""Words for the visit note: plain JSON (REQUIREMENTS VIS-1).

diagnoses.json: the part of ICD-10 that a dental clinic needs; code, Chinese, English.
cdt.json: codes of treatments in North America, as imported tables bring them, and the treatment of ours that is meant.
phrases.json: by situation, the procedures and diagnoses it belongs to and ready sentences for complaint, findings, diagnosis,
    treatment and advice. {teeth} stands for the chosen FDI positions, such as 36 or 11, 21. usual: part of the usual text.
drugs.json: drugs as dental clinics prescribe them, with the usual dosage of an adult, the allergies that forbid them (groups) or
    bear on them (cross), the illnesses with which they are not (avoid) or carefully (caution) taken, the least age.
"""
