"""Words for the visit note: plain JSON (REQUIREMENTS VIS-1).

diagnoses.json: the part of ICD-10 that a dental clinic needs; code, Chinese, English.
cdt.json: codes of treatments in North America, as imported tables bring them, and the treatment of ours that is meant.
phrases.json: by situation, the procedures and diagnoses it belongs to and ready sentences for complaint, findings, diagnosis,
    treatment and advice. {teeth} stands for the chosen FDI positions, such as 36 or 11, 21.
"""
