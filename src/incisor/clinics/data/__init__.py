"""Reference data of the clinics app: plain JSON, read once when a clinic is set up or updated.

procedures.json: the treatments a Chinese dental clinic offers (REQUIREMENTS ORG-3, ORG-4, APT-2, FUP-1, BIL-1).
    Prices are plausible examples in fen, lengths are usual ones in minutes; a clinic edits its own copy.
    aftercare_key and letter may be empty. The letters n, w, e and f are kept free for the booking line.
holidays.json: public holidays and make-up workdays (调休) as announced by the General Office of the State Council
    (REQUIREMENTS APT-5, STA-1). Only announced years are here; a new year is added when its notice is out.
"""
