"""The nRF24L01+ radio on a Raspberry Pi's SPI bus, through pyrf24.

pyrf24 is GPL-2.0 and stays optional: it is imported when a radio is opened.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
import time
from typing import Any, Protocol, override

from .link import TicPortError
from .packets import KEY_SIZE, PACKET_SIZE

ADDRESS_SIZE = 5
CHANNEL_MAX = 125

# The chip holds three packets, which take 5.6 ms to come at the lowest rate.
_FIFO_PACKETS = 3
_POLL_S = 0.004
# Each packet is sent up to 16 times, 1.5 ms apart.
_RETRY_DELAY, _RETRIES = 5, 15


class DataRate(StrEnum):
    """The rates of the chip; the lowest reaches farthest and needs an nRF24L01+."""

    KBPS_250 = "250kbps"
    MBPS_1 = "1mbps"
    MBPS_2 = "2mbps"


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioSettings:
    """Where the chip is, and what both ends have in common.

    The chip is on ``/dev/spidev{spi_bus}.{spi_device}`` with its CE on a GPIO.
    ``key`` None is for transmitters that send the meter's bytes as they are. Raises
    ValueError where the chip could not.
    """

    spi_bus: int = 0
    spi_device: int = 0
    ce_pin: int = 22
    # 2476 MHz, above the most used Wi-Fi channels, within the band of Europe.
    channel: int = 76
    data_rate: DataRate = DataRate.KBPS_250
    address: bytes = b"LINKY"
    key: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Check what the chip's registers can hold."""
        if not 0 <= self.channel <= CHANNEL_MAX:
            raise ValueError(f"channels are 0 to {CHANNEL_MAX}")
        if len(self.address) != ADDRESS_SIZE:
            raise ValueError(f"an address has {ADDRESS_SIZE} bytes")
        if self.key is not None and len(self.key) != KEY_SIZE:
            raise ValueError(f"a key has {KEY_SIZE} bytes")

    @property
    def device(self) -> str:
        """The path of the SPI device."""
        return f"/dev/spidev{self.spi_bus}.{self.spi_device}"


class RadioDriver(Protocol):
    """A radio, used by one thread at a time; its calls block."""

    def open(self) -> None:
        """Make the radio ready, or raise TicPortError."""

    def close(self) -> None:
        """Let go of the radio; also of one that is not open."""

    def receive(self, timeout_s: float) -> bytes | None:
        """Return the next packet, None if there is none; raise TicPortError."""

    def send(self, packet: bytes) -> bool:
        """Send, and return whether it was acknowledged; raise TicPortError."""


class Nrf24(RadioDriver):
    """One chip, which either listens or sends."""

    def __init__(self, settings: RadioSettings, *, listen: bool) -> None:
        """Take note of what to open."""
        self._settings = settings
        self._listen = listen
        self._radio: Any = None
        self._burst = 0

    @override
    def open(self) -> None:
        settings = self._settings
        try:
            library = import_module("pyrf24")
        except ImportError as err:
            raise TicPortError("pyrf24, the radio's library, is not installed") from err
        try:
            # 10 * bus + device is the library's name of an SPI device.
            radio = library.RF24(
                settings.ce_pin, 10 * settings.spi_bus + settings.spi_device
            )
            if not radio.begin():
                raise TicPortError(f"no nRF24L01 answers on {settings.device}")
            self._configure(library, radio)
        except (RuntimeError, OSError) as err:
            raise TicPortError(f"the radio cannot be opened: {err}") from err
        self._radio = radio

    def _configure(self, library: Any, radio: Any) -> None:
        settings = self._settings
        if settings.data_rate is DataRate.KBPS_250 and not radio.is_plus_variant:
            raise TicPortError("250 kbps needs an nRF24L01+; this chip has no plus")
        radio.data_rate = {
            DataRate.KBPS_250: library.RF24_250KBPS,
            DataRate.MBPS_1: library.RF24_1MBPS,
            DataRate.MBPS_2: library.RF24_2MBPS,
        }[settings.data_rate]
        radio.channel = settings.channel
        radio.crc_length = library.RF24_CRC_16
        radio.dynamic_payloads = False
        radio.payload_size = PACKET_SIZE
        radio.set_auto_ack(True)
        radio.set_retries(_RETRY_DELAY, _RETRIES)
        if self._listen:
            radio.open_rx_pipe(1, settings.address)
            radio.listen = True
        else:
            radio.stop_listening(settings.address)

    @override
    def close(self) -> None:
        radio, self._radio = self._radio, None
        if radio is not None:
            with suppress(RuntimeError):  # a bus that failed fails again
                radio.listen = False
                radio.power = False

    @override
    def receive(self, timeout_s: float) -> bytes | None:
        until = time.monotonic() + timeout_s
        try:
            while self._burst == _FIFO_PACKETS or not self._radio.available():
                if time.monotonic() >= until:
                    return None
                self._burst = 0
                time.sleep(_POLL_S)
            self._burst += 1
            return bytes(self._radio.read(PACKET_SIZE))
        except RuntimeError as err:
            raise TicPortError(f"the radio failed: {err}") from err

    @override
    def send(self, packet: bytes) -> bool:
        try:
            return bool(self._radio.write(packet))
        except RuntimeError as err:
            raise TicPortError(f"the radio failed: {err}") from err
