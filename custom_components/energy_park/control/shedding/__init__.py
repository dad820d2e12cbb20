"""Shedding on Home Assistant's time; which and how much is up to `park.shedding`."""
