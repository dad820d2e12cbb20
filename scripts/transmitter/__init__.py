"""Behind scripts/transmit: the meter's bytes from a serial port to a radio."""

# Brings in the domain packages without Home Assistant.
from scripts import decoding as decoding
