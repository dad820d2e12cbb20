"""Sends what a meter says by radio, from a Raspberry Pi; or makes the key for it."""

import argparse
import asyncio
from contextlib import suppress
from pathlib import Path
import signal
import sys

from custom_components.energy_park.tic.link import TicPortError
from custom_components.energy_park.tic.nrf24 import (
    DataRate,
    Nrf24,
    RadioDriver,
    RadioSettings,
)
from custom_components.energy_park.tic.packets import PacketWriter, key_text

from .keyfile import KeyFile
from .sending import PortError, Transmitter


def tell(text: str) -> None:
    """Say what happens."""
    print(text, file=sys.stderr, flush=True)


def spi(text: str) -> tuple[int, int]:
    """Return the bus and the device of "bus.device"."""
    bus, _, device = text.partition(".")
    return int(bus), int(device)


def address(text: str) -> bytes:
    """Return an address: five characters, or ten hexadecimal digits."""
    return bytes.fromhex(text) if len(text) == 10 else text.encode("ascii")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Return what the command line says."""
    usual = RadioSettings()
    parser = argparse.ArgumentParser("scripts/transmit", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("new-key", help="make a key, once for each pair of ends")
    show = commands.add_parser("show-key", help="print the key for Home Assistant")
    send = commands.add_parser("send", help="send until Ctrl-C")
    send.add_argument("port", metavar="PORT", help="serial port or socket://host:port")
    for command in (new, show, send):
        command.add_argument("key", type=Path, metavar="KEYFILE")
    send.add_argument("--channel", type=int, default=usual.channel, help="0 to 125")
    send.add_argument(
        "--rate", type=DataRate, default=usual.data_rate, choices=list(DataRate)
    )
    send.add_argument(
        "--address",
        type=address,
        default=usual.address,
        help="five characters, or ten hexadecimal digits",
    )
    send.add_argument("--ce", type=int, default=usual.ce_pin, help="GPIO of CE")
    send.add_argument("--spi", type=spi, default=(0, 0), help="bus.device, as 0.0")
    return parser.parse_args(arguments)


def settings_of(options: argparse.Namespace, key: bytes) -> RadioSettings:
    """Return the settings of the radio; raise ValueError."""
    bus, device = options.spi
    return RadioSettings(
        spi_bus=bus,
        spi_device=device,
        ce_pin=options.ce,
        channel=options.channel,
        data_rate=options.rate,
        address=options.address,
        key=key,
    )


async def send(port: str, driver: RadioDriver, writer: PacketWriter) -> None:
    """Send until a signal comes or something fails."""
    transmitter = Transmitter(port, driver, writer, tell)
    running = asyncio.ensure_future(transmitter.run())
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, running.cancel)
    try:
        with suppress(asyncio.CancelledError):
            await running
    finally:
        sent = transmitter.sent
        tell(f"{sent.packets} packets sent, {sent.given_up} given up")


def run(options: argparse.Namespace) -> None:
    """Do what the command line says."""
    if options.command == "new-key":
        KeyFile.create(options.key)
        tell(f"A new key is in {options.key}. For Home Assistant it is:")
    keyfile = KeyFile.load(options.key)
    if options.command != "send":
        print(key_text(keyfile.key))
        return
    driver = Nrf24(settings_of(options, keyfile.key), listen=False)
    driver.open()
    try:
        writer = PacketWriter(keyfile.key, keyfile.next_stream)
        asyncio.run(send(options.port, driver, writer))
    finally:
        driver.close()


def main(arguments: list[str] | None = None) -> int:
    """Run; return what the shell shall know."""
    options = parse(arguments)
    failed = False
    try:
        run(options)
    except* (PortError, TicPortError, OSError, ValueError) as group:
        failed = True
        for error in group.exceptions:
            tell(f"scripts/transmit: {error}")
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
