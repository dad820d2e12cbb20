"""One group: separators, checksum, and the value behind its text."""

from datetime import UTC, datetime, time

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import (
    Breaker,
    DayColor,
    DryContact,
    EuridisState,
    Group,
    MeterStatus,
    PowerLineState,
    ProfileStep,
    Tariff,
    TicMode,
)
from custom_components.energy_park.tic.frame import (
    Reject,
    checksum,
    parse_historique,
    parse_standard,
)
from custom_components.energy_park.tic.labels import DATED, LABELS
from scripts.emulators.tic_bytes import historique_group, standard_group

texts = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="`{|}~"),
    max_size=98,
)
unknown_labels = st.from_regex(r"[A-Z][A-Z0-9_+/-]{0,11}", fullmatch=True).filter(
    lambda label: not any(label in labels for labels in LABELS.values())
)


def data(label: str, value: str, horodate: str | None = None) -> object:
    """Return what a value means; the label's own mode is used."""
    if label in LABELS[TicMode.HISTORIQUE]:
        group = parse_historique(historique_group(label, value).strip(b"\r\n"))
    else:
        line = standard_group(label, value, horodate).strip(b"\r\n")
        group = parse_standard(line)
    return group if isinstance(group, Reject) else group.data


@given(st.binary(max_size=200))
def test_a_checksum_is_a_printable_character(covered: bytes) -> None:
    assert 0x20 <= checksum(covered) <= 0x5F


@given(st.binary(max_size=200))
def test_any_line_is_a_group_or_a_reject(line: bytes) -> None:
    line = bytes(byte & 0x7F for byte in line)
    assert isinstance(parse_historique(line), Group | Reject)
    assert isinstance(parse_standard(line), Group | Reject)


@given(unknown_labels, texts)
def test_a_label_that_nobody_knows_is_kept(label: str, value: str) -> None:
    line = standard_group(label, value)[1:-1]
    assert parse_standard(line) == Group(label, value, data=value)
    line = standard_group(label, value, "H241202043910")[1:-1]
    assert parse_standard(line) == Group(
        label,
        value,
        "H241202043910",
        value,
        datetime(2024, 12, 2, 3, 39, 10, tzinfo=UTC),
    )
    line = historique_group(label, value)[1:-1]
    assert parse_historique(line) == Group(label, value, data=value)


@given(st.sampled_from(["NGTF", "LTARF", "MSG1", "MSG2"]), texts)
def test_spaces_belong_to_the_data_of_standard(label: str, value: str) -> None:
    assert data(label, value) == value


@pytest.mark.parametrize(
    ("line", "value"),
    [(b"IINST 009  ", 9), (b"PTEC HP..  ", Tariff.PEAK), (b"OPTARIF EJP  T", "EJP ")],
)
def test_a_space_may_be_checksum_or_data(line: bytes, value: object) -> None:
    group = parse_historique(line)
    assert isinstance(group, Group)
    assert group.data == value


def test_a_space_may_be_the_checksum_in_standard() -> None:
    group = parse_standard(b"EASD01\t000000000\t ")
    assert group == Group("EASD01", "000000000", None, 0)


def test_date_has_a_horodate_and_no_data() -> None:
    assert parse_standard(b"DATE\tH191203125805\t\tF") == Group(
        "DATE", "", "H191203125805", None, datetime(2019, 12, 3, 11, 58, 5, tzinfo=UTC)
    )


def test_a_label_may_have_nine_characters() -> None:
    group = parse_standard(standard_group("SMAXSN1-1", "01084", "E210413111148")[1:-1])
    assert isinstance(group, Group)
    assert group.data == 1084


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (b"", Reject.FORMAT),
        (b" ", Reject.FORMAT),
        (b"PAPP02840/", Reject.FORMAT),
        (b"PAPP 02840 0", Reject.CHECKSUM),
        (b"P 01900 +", Reject.CHECKSUM),
        (historique_group("PAPP", "2840")[1:-1], Reject.VALUE),
        (historique_group("PAPP", "0284p")[1:-1], Reject.VALUE),
        (historique_group("PTEC", "HCn.")[1:-1], Reject.VALUE),
        (historique_group("ADCO", "0218613484y7")[1:-1], Reject.VALUE),
        (historique_group("SINSTS", "02840")[1:-1], Reject.FORMAT),
        (historique_group("PAPp", "02840")[1:-1], Reject.FORMAT),
    ],
)
def test_a_bad_historique_line_has_a_cause(line: bytes, cause: Reject) -> None:
    assert parse_historique(line) is cause


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (b"\t", Reject.FORMAT),
        (b"\t)", Reject.FORMAT),
        (b"SINSTS\t00519", Reject.FORMAT),
        (b"SINSTS\t00519\tV", Reject.CHECKSUM),
        (standard_group("PAPP", "02840")[1:-1], Reject.FORMAT),
        (standard_group("SINSTS", "00519", "H191203125805")[1:-1], Reject.FORMAT),
        (standard_group("SMAXSN", "05706")[1:-1], Reject.FORMAT),
        (standard_group("LTARF", "NDEX NON CONSO ", "")[1:-1], Reject.FORMAT),
        (standard_group("SMAXSN", "05706", "X191203032158")[1:-1], Reject.VALUE),
        (standard_group("SMAXSN", "05706", "H19120303215")[1:-1], Reject.VALUE),
        (standard_group("DATE", "1", "H191203125805")[1:-1], Reject.VALUE),
        (standard_group("STGE", "003A800")[1:-1], Reject.VALUE),
        (standard_group("RELAIS", "256")[1:-1], Reject.VALUE),
        (standard_group("PJOURF+1", "2500C001")[1:-1], Reject.VALUE),
        (standard_group("PPOINTE", "0a00C001")[1:-1], Reject.VALUE),
    ],
)
def test_a_bad_standard_line_has_a_cause(line: bytes, cause: Reject) -> None:
    assert parse_standard(line) is cause


@given(st.sampled_from(sorted(LABELS[TicMode.STANDARD])), texts)
def test_any_text_is_typed_or_rejected(label: str, text: str) -> None:
    stamp = "H191203125805" if label in DATED else None
    assert parse_standard(standard_group(label, text, stamp)[1:-1]) in (
        Reject.VALUE,
        Group(
            label,
            text,
            stamp,
            data(label, text, stamp),  # type: ignore[arg-type]
            stamp and datetime(2019, 12, 3, 11, 58, 5, tzinfo=UTC),  # type: ignore[arg-type]
        ),
    )


@pytest.mark.parametrize(
    ("horodate", "utc"),
    [
        ("H241027021500", datetime(2024, 10, 27, 1, 15, tzinfo=UTC)),
        ("E241027021500", datetime(2024, 10, 27, 0, 15, tzinfo=UTC)),
        ("h241027021500", datetime(2024, 10, 27, 1, 15, tzinfo=UTC)),
        ("e241027021500", datetime(2024, 10, 27, 0, 15, tzinfo=UTC)),
        (" 241203060000", datetime(2024, 12, 3, 5, tzinfo=UTC)),
        (" 240703060000", datetime(2024, 7, 3, 4, tzinfo=UTC)),
        ("E000000000000", None),
    ],
)
def test_the_season_letter_tells_the_hour(horodate: str, utc: datetime | None) -> None:
    group = parse_standard(standard_group("DPM2", "00", horodate)[1:-1])
    assert isinstance(group, Group)
    assert group.at == utc
    assert group.horodate == horodate


@pytest.mark.parametrize(
    ("label", "value", "meaning"),
    [
        ("BASE", "008735124", 8735124),
        ("BASE", "08735124", 8735124),
        ("PEJP", "30", 30),
        ("DEMAIN", "----", None),
        ("DEMAIN", "BLAN", DayColor.WHITE),
        ("PTEC", "PM..", Tariff.EJP_PEAK),
        ("PTEC", "HPJR", Tariff.RED_PEAK),
        ("PPOT", "00", (False, False, False)),
        ("PPOT", "0A", (True, False, True)),
        ("ERQ2", "000204084", 204084),
        ("SINST1", "00204", 204),
        ("RELAIS", "140", (False, False, True, True, False, False, False, True)),
        ("PRM", "01234567890123", "01234567890123"),
    ],
)
def test_a_value_means(label: str, value: str, meaning: object) -> None:
    assert data(label, value) == meaning


def stge(text: str) -> MeterStatus:
    status = data("STGE", text)
    assert isinstance(status, MeterStatus)
    return status


def test_every_bit_of_the_status_register() -> None:
    assert stge("013A0501") == MeterStatus(
        dry_contact_closed=False,
        breaker=Breaker.CLOSED,
        cover_open=False,
        overvoltage=False,
        overload=False,
        producer=True,
        energy_negative=False,
        supplier_index=2,
        distributor_index=1,
        clock_degraded=False,
        mode=TicMode.STANDARD,
        euridis=EuridisState.SECURED,
        power_line=PowerLineState.LOCKED,
        power_line_synchronized=False,
        color_today=DayColor.BLUE,
        color_tomorrow=None,
        peak_notice=None,
        peak_running=None,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("003A8000", {"dry_contact_closed": True, "distributor_index": 3}),
        ("423A4C01", {"color_today": DayColor.WHITE, "peak_running": 1}),
        ("423A4C01", {"supplier_index": 4, "distributor_index": 2}),
        ("2D3A8000", {"color_tomorrow": DayColor.RED, "peak_notice": 2}),
        ("833AD501", {"color_today": DayColor.RED, "peak_running": 2}),
        ("AF3A9100", {"peak_notice": 2, "peak_running": 2, "supplier_index": 5}),
        ("003A0081", {"overload": True}),
        ("003B0044", {"overvoltage": True, "clock_degraded": True}),
        ("00000012", {"cover_open": True, "breaker": Breaker.OVERPOWER}),
        ("0000000E", {"breaker": None, "mode": TicMode.HISTORIQUE}),
    ],
)
def test_status_registers_of_real_meters(
    text: str, expected: dict[str, object]
) -> None:
    status = stge(text)
    assert {key: getattr(status, key) for key in expected} == expected


def test_the_profile_of_a_day() -> None:
    steps = data("PJOURF+1", "00008002 0256C001 1156400F 2330BFF0 NONUTILE NONUTILE")
    off = (False,) * 7
    assert steps == (
        ProfileStep(
            starts=time(0, 0), dry_contact=DryContact.OPEN, contacts=off, index=2
        ),
        ProfileStep(
            starts=time(2, 56), dry_contact=DryContact.CLOSED, contacts=off, index=1
        ),
        ProfileStep(
            starts=time(11, 56), dry_contact=DryContact.TEMPO, contacts=off, index=None
        ),
        ProfileStep(
            starts=time(23, 30),
            dry_contact=DryContact.OPEN,
            contacts=(True,) * 7,
            index=None,
        ),
    )
