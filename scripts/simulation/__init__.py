"""A meter that trips, plugs that take their time, and rules that act on them."""
