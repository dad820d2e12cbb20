"""The flows of the park's parts: meter, sector, plug."""
