-- A plan is made once and kept. Made anew for each batch that has a case in it, it cost more than what it does.

alter function cases.turn_clocks(uuid[], text[], int[], timestamptz, boolean) set plan_cache_mode = force_generic_plan;
alter function cases.open(
  uuid[], text, int, uuid[], text[], text[], text[], text, timestamptz, timestamptz, boolean
) set plan_cache_mode = force_generic_plan;
