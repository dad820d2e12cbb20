"""The meter's customer output (télé-information client): bytes to readings."""
