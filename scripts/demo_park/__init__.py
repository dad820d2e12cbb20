"""The demo: a real Home Assistant on an emulated park, made as a user would."""
