-- Called when a backup was restored. Readers may stand further than the backup: what they were given after it, by the
-- window that was lost, had numbers that would be given again, and they would pass over the news under them. So the
-- numbers leave room for more than any day holds; a day has 256 such rooms.
create function feedback.restored() returns void language sql as $$
  update feedback.sequence
  set last = greatest(last, feedback.first_number((clock_timestamp() at time zone 'UTC')::date)) + (1::bigint << 32)
$$;
