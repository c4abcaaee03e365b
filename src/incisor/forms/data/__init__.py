"""The forms a clinic starts with, written for this product, in Chinese and English: one file a form.

key, purpose, title_zh/en, valid_months (how long a signed copy holds for a procedure, 0: for good), procedures (codes), rule
(when it is asked for), sections of fields as in rules.content; names that a field does not need are left out. A clinic has
them looked through by its dentists and lawyer before use, and changes them in the designer.
"""
