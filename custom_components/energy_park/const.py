"""Names and durations of Energy Park."""

from datetime import timedelta
import logging
from typing import Final

DOMAIN: Final = "energy_park"
LOGGER = logging.getLogger(__package__)

SUBENTRY_METER: Final = "meter"
SUBENTRY_SECTOR: Final = "sector"
SUBENTRY_PLUG: Final = "plug"
SUBENTRY_STATION: Final = "station"
SUBENTRY_MIRROR: Final = "mirror"

CONF_ADOPTED: Final = "adopted"
CONF_ANSWERS: Final = "answers"
CONF_AREA: Final = "area"
CONF_BILLING_PERIOD: Final = "billing_period"
CONF_CA: Final = "ca"
CONF_CHANNELS: Final = "channels"
CONF_CITY: Final = "city"
CONF_CO2: Final = "co2"
CONF_CO2_FIXED: Final = "co2_fixed"
CONF_COMPUTER: Final = "computer"
CONF_CONTRACT: Final = "contract"
CONF_DATABASE: Final = "database"
CONF_DELAY: Final = "delay"
CONF_DIALECT: Final = "dialect"
CONF_DISTRICT: Final = "district"
CONF_EXCLUDE: Final = "exclude"
CONF_FIRMWARE: Final = "firmware"
CONF_HOLIDAYS: Final = "holidays"
CONF_INCLUDE: Final = "include"
CONF_MONITORS: Final = "monitors"
CONF_NEVER_SLEEPS: Final = "never_sleeps"
CONF_LIMIT: Final = "limit"
CONF_LIMIT_ENTITY: Final = "limit_entity"
CONF_NUMBER: Final = "number"
CONF_OCCUPANCY: Final = "occupancy"
CONF_OPENING_HOURS: Final = "opening_hours"
CONF_OTHERS: Final = "others"
CONF_PLACE: Final = "place"
CONF_PRESENCE: Final = "presence"
CONF_PRICE: Final = "price"
CONF_PRICE_FIXED: Final = "price_fixed"
CONF_PHASE: Final = "phase"
CONF_PRIORITY: Final = "priority"
CONF_PROTECT: Final = "protect"
CONF_RADIO: Final = "radio"
CONF_REGION: Final = "region"
CONF_ROLE: Final = "role"
CONF_SCHEMA: Final = "schema"
CONF_SECTOR: Final = "sector"
CONF_SECTORS: Final = "sectors"
CONF_SENSORS: Final = "sensors"
CONF_SHUTDOWN: Final = "shutdown"
CONF_SOCKETS: Final = "sockets"
CONF_SUBSCRIBED_POWER: Final = "subscribed_power"
CONF_SUBSCRIPTION: Final = "subscription"
CONF_TLS: Final = "tls"
CONF_WAKE: Final = "wake"
CONF_WARN: Final = "warn"

# Minutes of import and export that are billed together. France bills the load
# curve by half hour, Spain nets the clock hour, Belgium the quarter.
BILLING_PERIODS_MIN: Final = (15, 30, 60)
BILLING_PERIOD_MIN_BY_COUNTRY: Final = {"FR": 30, "ES": 60, "BE": 15}
DEFAULT_BILLING_PERIOD_MIN: Final = 60
DEFAULT_COUNTRY: Final = "FR"

# 1 is kept longest, 10 is shed first.
PRIORITY_MIN: Final = 1
PRIORITY_MAX: Final = 10
PRIORITY_DEFAULT: Final = 5

# Plugs are single-threaded web servers: 10 s keeps the page alive, a longer
# pause is felt by a person who looks at it.
PLUG_INTERVAL = timedelta(seconds=10)

# Nobody looks at so many plugs at once, and each poll costs.
LARGE_PARK_PLUGS = 100
PLUG_INTERVAL_LARGE_PARK = timedelta(seconds=15)

# A plug that is cut off must not hold up the polls of those that answer.
PLUG_INTERVAL_MAX = timedelta(minutes=5)

# A meter sends a frame every 0.9 to 2.3 s; a lost cable is tried again soon,
# then rarely, so that neither log nor port is busy with it.
METER_RETRY_MIN = timedelta(seconds=5)
METER_RETRY_MAX = timedelta(minutes=5)

# What a person switches by hand stands against schedules for this long unless
# the order says otherwise.
OVERRIDE_DEFAULT = timedelta(hours=4)

# A person who postpones a shutdown is left alone for so long, unless told otherwise.
POSTPONE_DEFAULT = timedelta(minutes=30)

# After an order the plug is asked again so soon, once for all its sockets.
PLUG_REFRESH_AFTER_ORDER_S = 0.5

# So many polls at once: a park of hundreds must not flood the Wi-Fi. Orders do not
# queue behind polls.
PLUG_POLLS_AT_ONCE = 16

# The state of the mirror is looked at so often.
MIRROR_INTERVAL = timedelta(seconds=10)

# A mirror that is so far behind while its database answers is a person's task.
MIRROR_LAG_MAX = timedelta(hours=1)

# What a meter tells with every frame but hardly changes is mirrored so often.
SLOW_READING_AFTER = timedelta(minutes=5)

# Sums of many sockets are written once for all polls that arrive within this time.
GROUP_UPDATE_AFTER_S = 0.2
GROUP_UPDATE_PER_SOCKET_S = 0.001

# An order is sent again for a minute; what is still not obeyed then a person must see.
NOT_OBEYING_AFTER = timedelta(minutes=2)
