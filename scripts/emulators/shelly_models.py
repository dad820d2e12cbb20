"""The Shelly models of the second generation and later that are emulated."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What tells one Shelly from another.

    ``shows_power_factor`` and ``shows_returned_energy``: the small plugs of the
    second generation give neither.
    """

    model: str
    app: str
    prefix: str
    gen: int
    firmware: str
    ui: str
    current_limit_a: float
    power_limit_w: int
    shows_power_factor: bool = True
    shows_returned_energy: bool = True
    shows_temperature: bool = True


PLUS_PLUG_S = Model(
    model="SNPL-00112EU",
    app="PlusPlugS",
    prefix="shellyplusplugs",
    gen=2,
    firmware="1.7.5",
    ui="plugs_ui",
    current_limit_a=12.0,
    power_limit_w=2500,
    shows_power_factor=False,
    shows_returned_energy=False,
)
PRO_4PM = Model(
    model="SPSW-104PE16EU",
    app="Pro4PM",
    prefix="shellypro4pm",
    gen=2,
    firmware="2.0.0",
    ui="ui",
    current_limit_a=16.0,
    power_limit_w=4480,
)
POWER_STRIP_4 = Model(
    model="S4PL-00416EU",
    app="PowerStrip",
    prefix="shellypstripg4",
    gen=4,
    firmware="2.0.0",
    ui="powerstrip_ui",
    current_limit_a=16.0,
    power_limit_w=3680,
    shows_temperature=False,
)
PRO_EM = Model(
    model="SPEM-002CEBEU50",
    app="ProEM",
    prefix="shellyproem50",
    gen=2,
    firmware="1.7.5",
    ui="ui",
    current_limit_a=50.0,
    power_limit_w=11500,
)
PRO_3EM = Model(
    model="SPEM-003CEBEU",
    app="Pro3EM",
    prefix="shellypro3em",
    gen=2,
    firmware="1.7.5",
    ui="ui",
    current_limit_a=120.0,
    power_limit_w=27600,
)
