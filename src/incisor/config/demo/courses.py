"""What people come for: courses of treatment as lists of steps, each some days after the one before."""

from dataclasses import dataclass

from incisor.config.demo.material import Dice


@dataclass(frozen=True)
class Step:
    """One appointment of a course. after: days since the step before. tooth: of the course, chosen once."""

    code: str
    after: int
    specialty: str


# weight, youngest, oldest, steps as (procedure code, days after the step before, specialty that does it)
COURSES: list[tuple[int, int, int, list[tuple[str, int, str]]]] = [
    (20, 14, 90, [("cleaning_ultrasonic", 0, "periodontics")]),
    (12, 14, 90, [("cleaning_ultrasonic", 0, "general"), ("cleaning_ultrasonic", 185, "general")]),
    (6, 18, 60, [("cleaning_airflow", 0, "periodontics")]),
    (16, 12, 90, [("exam_first", 0, "general"), ("filling_composite", 5, "general")]),
    (8, 12, 90, [("filling_composite", 0, "general"), ("exam_recall", 180, "general")]),
    (4, 30, 90, [("wedge_defect", 0, "general")]),
    (9, 16, 85, [
        ("root_canal_open", 0, "endodontics"), ("root_canal_shape", 7, "endodontics"), ("root_canal_fill", 8, "endodontics"),
        ("crown_preparation", 14, "prosthodontics"), ("crown_zirconia", 14, "prosthodontics"),
    ]),
    (4, 16, 85, [("emergency", 0, "general"), ("root_canal_open", 1, "endodontics"), ("root_canal_fill", 9, "endodontics")]),
    (7, 18, 60, [("exam_first", 0, "oral_surgery"), ("extraction_wisdom", 6, "oral_surgery"), ("suture_removal", 7, "oral_surgery")]),
    (4, 40, 90, [("extraction_simple", 0, "oral_surgery"), ("denture_impression", 70, "prosthodontics"), ("denture_partial", 12, "prosthodontics"), ("denture_adjust", 7, "prosthodontics")]),
    (4, 30, 80, [
        ("implant_plan", 0, "implants"), ("implant_surgery", 10, "implants"), ("suture_removal", 10, "oral_surgery"),
        ("implant_second_stage", 110, "implants"), ("implant_impression", 16, "implants"), ("implant_crown", 16, "implants"),
        ("implant_check", 90, "implants"),
    ]),
    (6, 30, 85, [("periodontal_chart", 0, "periodontics"), ("scaling_deep", 7, "periodontics"), ("scaling_deep", 7, "periodontics"), ("periodontal_care", 90, "periodontics")]),
    (5, 11, 38, [("ortho_consultation", 0, "orthodontics"), ("ortho_bonding", 14, "orthodontics"), *[("ortho_adjustment", 31, "orthodontics")] * 14]),
    (14, 3, 11, [("child_exam", 0, "paediatric"), ("fluoride", 3, "paediatric"), ("child_exam", 178, "paediatric")]),
    (9, 3, 11, [("child_filling", 0, "paediatric"), ("child_filling", 8, "paediatric")]),
    (4, 4, 11, [("child_pulp", 0, "paediatric"), ("child_crown", 9, "paediatric")]),
    (5, 6, 12, [("sealant", 0, "paediatric")]),
    (3, 5, 12, [("child_extraction", 0, "paediatric")]),
    (3, 20, 50, [("whitening_chair", 0, "general")]),
    (4, 14, 90, [("consultation", 0, "general")]),
]  # fmt: skip
ADULT_TEETH = [tooth for quarter in (1, 2, 3, 4) for tooth in range(quarter * 10 + 1, quarter * 10 + 8)]
MILK_TEETH = [54, 55, 64, 65, 74, 75, 84, 85]
WISDOM = [18, 28, 38, 48]
MOLARS = [16, 26, 36, 46, 17, 27, 37, 47, 15, 25, 35, 45]


def draw_course(dice: Dice, *, age: int) -> list[Step]:
    """Return a course that fits the age."""
    fitting = [course for course in COURSES if course[1] <= age <= course[2]]
    chosen = dice.random.choices(fitting, weights=[course[0] for course in fitting])[0]
    return [Step(*step) for step in chosen[3]]


def tooth_for(dice: Dice, code: str, age: int) -> int:
    """Return a tooth on which the procedure is plausible."""
    if code == "extraction_wisdom":
        return dice.one(WISDOM)
    if code.startswith("child_") and age < 11:
        return dice.one(MILK_TEETH)
    if code.startswith(("root_canal", "crown", "implant", "extraction", "sealant")):
        return dice.one(MOLARS)
    return dice.one(ADULT_TEETH)
