"""Switches by what they do: those that give orders, and settings."""
