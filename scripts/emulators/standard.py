"""Frames of standard mode (Enedis-NOI-CPT_54E, section 6.2)."""

from dataclasses import dataclass

from .registers import Peaks, Registers
from .tic_bytes import digits, frame, horodate, standard_group

MESSAGE = "PAS DE          MESSAGE         "
# Euridis secured, power line carrier new and locked, customer output in standard.
STATUS = 0x003A0000


@dataclass(frozen=True, slots=True, kw_only=True)
class Nameplate:
    """What is fixed on a meter and in its contract."""

    serial: str
    prm: str
    subscribed_kva: int
    cut_off_kva: int
    producer: bool
    pilot: bool = False


class Standard:
    """Builds the frames of one meter."""

    def __init__(self, nameplate: Nameplate) -> None:
        self._nameplate = nameplate

    def frame(self, registers: Registers) -> bytes:
        """Return the frame of this moment."""
        return frame(
            [
                *self._identity(registers),
                *self._energies(registers),
                *self._powers(registers),
                *self._curves(registers),
                *self._statuses(registers),
            ]
        )

    def _identity(self, registers: Registers) -> list[bytes]:
        tariff, local = registers.tariff, registers.local
        period = tariff.contract.periods[tariff.index(local)]
        return [
            standard_group("ADSC", self._nameplate.serial),
            standard_group("VTIC", "02"),
            standard_group("DATE", "", horodate(local)),
            standard_group("NGTF", tariff.contract.ngtf),
            standard_group("LTARF", period.ltarf),
        ]

    def _energies(self, registers: Registers) -> list[bytes]:
        energies = [("EAST", registers.drawn_wh)]
        energies += [
            (f"EASF{number:02d}", value)
            for number, value in enumerate(registers.indexes_wh, 1)
        ]
        energies += [("EASD01", registers.drawn_wh)]
        energies += [(f"EASD{number:02d}", 0.0) for number in (2, 3, 4)]
        if self._nameplate.producer:
            energies += [("EAIT", registers.injected_wh)]
            energies += [
                (f"ERQ{number}", value)
                for number, value in enumerate(registers.reactive_varh, 1)
            ]
        return [standard_group(label, digits(value, 9)) for label, value in energies]

    def _powers(self, registers: Registers) -> list[bytes]:
        groups = [
            *(
                standard_group(f"IRMS{phase}", digits(round(current), 3))
                for phase, current in enumerate(registers.currents_a, 1)
            ),
            *(
                standard_group(f"URMS{phase}", digits(round(voltage), 3))
                for phase, voltage in enumerate(registers.voltages_v, 1)
            ),
            standard_group("PREF", digits(self._nameplate.subscribed_kva, 2)),
            standard_group("PCOUP", digits(self._nameplate.cut_off_kva, 2)),
            standard_group(
                "SINST1" if self._nameplate.pilot else "SINSTS",
                digits(registers.drawn_va, 5),
            ),
        ]
        if registers.phases == 3:
            groups += [
                standard_group(
                    f"SINSTS{phase}", digits(abs(load) if load.real >= 0 else 0, 5)
                )
                for phase, load in enumerate(registers.loads, 1)
            ]
        return groups + self._maxima(registers)

    def _maxima(self, registers: Registers) -> list[bytes]:
        named = [("SMAXN" if self._nameplate.pilot else "SMAXSN", registers.peaks)]
        if registers.phases == 3:
            named += [
                (f"SMAXSN{phase}", peaks)
                for phase, peaks in enumerate(registers.phase_peaks, 1)
            ]
        groups = _days(named)
        if self._nameplate.producer:
            groups.append(standard_group("SINSTI", digits(registers.injected_va, 5)))
            groups += _days([("SMAXIN", registers.injected_peaks)])
        return groups

    def _curves(self, registers: Registers) -> list[bytes]:
        curves = [("CCASN", registers.drawn_curve)]
        if self._nameplate.producer:
            curves.append(("CCAIN", registers.injected_curve))
        groups = [
            standard_group(
                label + suffix, digits(curve.means[back], 5), curve.horodate(back)
            )
            for label, curve in curves
            for back, suffix in enumerate(("", "-1"))
        ]
        groups += [
            standard_group(
                f"UMOY{phase}", digits(round(mean.means[0]), 3), mean.horodate()
            )
            for phase, mean in enumerate(registers.mean_voltages, 1)
        ]
        return groups

    def _statuses(self, registers: Registers) -> list[bytes]:
        tariff, local = registers.tariff, registers.local
        index, notice = tariff.index(local), tariff.peak_notice(local)
        groups = [standard_group("STGE", f"{self._status(registers):08X}")]
        if notice:
            groups += [
                standard_group(f"{label}{notice.number}", "00", f" {at:%y%m%d%H%M%S}")
                for label, at in (("DPM", notice.starts), ("FPM", notice.ends))
            ]
        groups += [
            standard_group("MSG1", MESSAGE),
            standard_group("PRM", self._nameplate.prm),
            standard_group("RELAIS", digits(tariff.is_off_peak(local), 3)),
            standard_group("NTARF", digits(index + 1, 2)),
            standard_group("NJOURF", "00"),
            standard_group("NJOURF+1", "00"),
            standard_group("PJOURF+1", tariff.profile(local)),
        ]
        if notice:
            groups.append(standard_group("PPOINTE", tariff.peak_profile(notice)))
        return groups

    def _status(self, registers: Registers) -> int:
        tariff, local = registers.tariff, registers.local
        subscribed_va = self._nameplate.subscribed_kva * 1000
        status = STATUS | (not tariff.is_off_peak(local))
        status |= registers.tripping << 1
        status |= (registers.drawn_va > subscribed_va) << 7
        status |= self._nameplate.producer << 8
        status |= (registers.power_w < 0) << 9
        status |= tariff.index(local) << 10
        if tariff.coloured:
            status |= tariff.colour_today(local) << 24
            status |= (tariff.colour_tomorrow(local) or 0) << 26
        if notice := tariff.peak_notice(local):
            status |= notice.number << 28
        if running := tariff.peak_running(local):
            status |= running.number << 30
        return status


def _days(named: list[tuple[str, Peaks]]) -> list[bytes]:
    """Return the groups of today's maxima, then those of yesterday's."""
    return [
        standard_group(label + suffix, digits(peak.power_va, 5), peak.horodate)
        for suffix, day in (("", "today"), ("-1", "yesterday"))
        for label, peaks in named
        for peak in (getattr(peaks, day),)
    ]
