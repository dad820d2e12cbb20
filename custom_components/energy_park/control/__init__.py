"""The clockwork that runs the rules on Home Assistant's time."""
