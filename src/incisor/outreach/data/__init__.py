"""Texts and protocols of the outreach app: plain JSON, copied into a clinic's own tables when it is set up.

protocols.json: follow-up protocols P1 to P4 (REQUIREMENTS FUP-1, FUP-2, FUP-6 and the protocol table).
    A step belongs to a treatment (the follow_up_key of a procedure) and is due `after` it: {"days": n}, {"months": n}
    or {"years": n}. `procedures`, where present, limits the step to those procedure codes; without it the step is for
    all of the treatment. `contact`: "call" (telephone), "desk" (in person before leaving) or "record" (note only,
    nobody is called). `repeat_every`, where present: the same kind of length, after which the step comes again.
call_flow.json: what the caller says, step by step, with satisfaction A to D and the outcomes (FUP-4, FUP-5).
    Placeholders: {clinic} {caller} {patient} {dentist} {procedure} {date}.
aftercare.json: what the patient takes home, by the aftercare_key of a procedure (FUP-11, REC-12 and the facts below them).
"""
