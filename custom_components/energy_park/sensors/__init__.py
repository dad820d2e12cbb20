"""The sensors, by what they tell about; sensor.py adds them."""
