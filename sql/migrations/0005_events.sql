-- Events with the names of what they are about.

CREATE OR REPLACE VIEW named_event AS
SELECT
  e.site_id,
  e.event_id,
  e.at,
  i.name AS site,
  i.country,
  i.region,
  i.city,
  i.district,
  i.time_zone,
  e.kind,
  e.subject_kind,
  e.subject_id,
  CASE e.subject_kind
    WHEN 'site' THEN i.name
    ELSE coalesce(m.name, s.name, p.name, k.name, e.subject_id)
  END AS subject,
  coalesce(s.name, ks.name) AS sector,
  k.role,
  e.is_on,
  e.source,
  e.reason,
  e.until,
  e.detail
FROM event e
JOIN site i ON i.site_id = e.site_id
LEFT JOIN meter m ON e.subject_kind = 'meter' AND m.site_id = e.site_id AND m.meter_id = e.subject_id
LEFT JOIN sector s ON e.subject_kind = 'sector' AND s.site_id = e.site_id AND s.sector_id = e.subject_id
LEFT JOIN plug p ON e.subject_kind = 'plug' AND p.site_id = e.site_id AND p.plug_id = e.subject_id
LEFT JOIN socket k ON e.subject_kind = 'socket' AND k.site_id = e.site_id AND k.socket_id = e.subject_id
LEFT JOIN sector ks ON ks.site_id = k.site_id AND ks.sector_id = k.sector_id;
COMMENT ON VIEW named_event IS 'Every event with the names of what it is about.';
