"""What is true of the day by the test's own book-keeping: who stands where, in which order, what waiting added up to."""

from dataclasses import dataclass, field

# minutes: the house's rules, written down here a second time on purpose
LATE_AFTER = 15
PATIENCE = 60


@dataclass
class Entry:
    """One patient of the day. number: in the queue, 0 before the arrival."""

    name: str
    dentist: int
    due: int | None
    place: str = "expected"
    sign: str = ""
    number: int = 0
    arrived: float = 0.0
    seated: float | None = None


@dataclass
class Ledger:
    """The day's patients by name."""

    entries: dict[str, Entry] = field(default_factory=dict)
    last_number: int = 0

    def expect(self, name: str, dentist: int, due: int) -> None:
        self.entries[name] = Entry(name, dentist, due)

    def arrive(self, name: str, minute: float, *, sign: str = "") -> Entry:
        one = self.entries.setdefault(name, Entry(name, -1, None))
        assert one.place == "expected", f"{name} came twice"
        self.last_number += 1
        one.place, one.number, one.arrived, one.sign = "waiting", self.last_number, minute, sign
        return one

    def move(self, name: str, before: str, after: str) -> Entry:
        one = self.entries[name]
        assert one.place == before, f"{name} is {one.place}, not {before}"
        one.place = after
        return one

    def at(self, place: str) -> set[str]:
        return {one.name for one in self.entries.values() if one.place == place}

    def queue(self) -> list[Entry]:
        """Emergencies as they came; then all on one line of time: by appointment, the late by arrival, the others an hour after.

        Whole minutes do for the order, though the clinic's clock has seconds: in the script's day nobody who is late comes in
        the minute of an appointment, or of a walk-in's hour. All other equals stand as they came.
        """

        def place(one: Entry) -> tuple[int, float, int, float, int]:
            if one.sign == "emergency":
                return (0, one.arrived, 0, one.arrived, one.number)
            if one.due is None:
                return (1, one.arrived + PATIENCE, 1, one.arrived, one.number)
            is_late = one.arrived - one.due > LATE_AFTER
            return (1, one.arrived if is_late else one.due, 0, one.arrived, one.number)

        return sorted((one for one in self.entries.values() if one.place == "waiting"), key=place)

    def average_wait(self, minute: float) -> float:
        """From arrival to the chair, of everybody who came; who still waits counts until now."""
        waits = [
            (minute if one.seated is None else one.seated) - one.arrived for one in self.entries.values() if one.number
        ]
        return sum(waits) / len(waits)
