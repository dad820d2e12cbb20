"""The events, by what they tell about; event.py adds them."""
