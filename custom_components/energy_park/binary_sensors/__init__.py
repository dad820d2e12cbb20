"""The binary sensors, by what they tell about; binary_sensor.py adds them."""
