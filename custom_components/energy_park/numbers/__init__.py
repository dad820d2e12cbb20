"""The numbers, by what they set; number.py adds them."""
