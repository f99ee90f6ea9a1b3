from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

print(datetime(2024, 7, 1, 12, tzinfo=ZoneInfo('Europe/Berlin')))
print(datetime(2024, 1, 1, 12, tzinfo=ZoneInfo('America/New_York')))
print(len(available_timezones()) > 400)
