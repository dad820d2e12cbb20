"""The rules of the park: they take the time and their state, and decide."""
