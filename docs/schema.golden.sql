-- The schema as it stands after every step: written by npm run golden, compared by npm run check.

table accounts.accounts with (fillfactor=70) (
  id bigint identity not null,
  reference uuid,
  kind text not null,
  owner text not null,
  period text not null,
  unit text not null,
  ceiling bigint,
  opened boolean not null,
  reserved bigint not null,
  consumed bigint not null,
  never_below_zero CHECK (((LEAST(ceiling, reserved, consumed) >= 0) AND (opened = (reference IS NOT NULL)))),
  accounts_pkey PRIMARY KEY (kind, owner, period)
);
CREATE UNIQUE INDEX accounts_id ON accounts.accounts USING btree (id);
CREATE UNIQUE INDEX accounts_reference ON accounts.accounts USING btree (reference) WHERE (reference IS NOT NULL);

table accounts.holds with (fillfactor=85) (
  hold uuid not null,
  kind text not null,
  account bigint not null,
  amount bigint not null,
  used bigint not null,
  reserved bigint not null,
  consumed bigint not null,
  state text not null,
  at timestamp with time zone not null,
  never_more_than_claimed CHECK (((LEAST(used, reserved, consumed) >= 0) AND ((reserved + consumed) <= amount) AND (state = ANY (ARRAY['reserved'::text, 'consumed'::text, 'freed'::text])))),
  holds_pkey PRIMARY KEY (hold, kind)
);
CREATE INDEX holds_account ON accounts.holds USING btree (account, hold);

table cases.cases with (fillfactor=80) (
  id uuid not null,
  procedure text not null,
  version integer not null,
  subject uuid not null,
  state text not null,
  desk text,
  opened timestamp with time zone not null,
  opened_by text not null,
  closed timestamp with time zone,
  claimed_by text,
  claimed_at timestamp with time zone,
  facts text not null,
  parties text not null,
  changed timestamp with time zone not null,
  stamp integer not null,
  cases_procedure_version_fkey FOREIGN KEY (procedure, version) REFERENCES cases.procedures(name, version),
  cases_pkey PRIMARY KEY (id)
);
CREATE INDEX cases_open ON cases.cases USING btree (desk, id) WHERE (closed IS NULL);
CREATE INDEX cases_subject ON cases.cases USING btree (subject, id);

table cases.deadlines with (fillfactor=80) (
  case_id uuid not null,
  name text not null,
  since integer not null,
  due timestamp with time zone not null,
  source text not null,
  state text not null,
  ended timestamp with time zone,
  deadlines_state_check CHECK ((state = ANY (ARRAY['running'::text, 'met'::text, 'fallen'::text, 'stopped'::text]))),
  deadlines_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases.cases(id),
  deadlines_pkey PRIMARY KEY (case_id, name, since)
);
CREATE INDEX deadlines_due ON cases.deadlines USING btree (due) WHERE (state = 'running'::text);

table cases.moves (
  case_id uuid not null,
  number integer not null,
  procedure text not null,
  version integer not null,
  move text not null,
  decision boolean not null,
  from_state text not null,
  to_state text not null,
  actor text not null,
  authority text,
  at timestamp with time zone not null,
  ground text,
  reason text,
  remedy text,
  details text,
  note text,
  undoes integer,
  decisions_say_why CHECK (((NOT decision) OR (COALESCE((ground ~ '[^\s\u00a0\u2000-\u200f\u2028-\u202f\u3000\ufeff]'::text), false) AND COALESCE((reason ~ '[^\s\u00a0\u2000-\u200f\u2028-\u202f\u3000\ufeff]'::text), false) AND COALESCE((remedy ~ '[^\s\u00a0\u2000-\u200f\u2028-\u202f\u3000\ufeff]'::text), false)))),
  reversals_name_what CHECK (((move = 'reverse'::text) = (undoes IS NOT NULL))),
  moves_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases.cases(id),
  moves_procedure_version_move_decision_fkey FOREIGN KEY (procedure, version, move, decision) REFERENCES cases.procedure_moves(procedure, version, move, decision),
  moves_pkey PRIMARY KEY (case_id, number)
);
CREATE UNIQUE INDEX moves_undone_once ON cases.moves USING btree (case_id, undoes) WHERE (undoes IS NOT NULL);

table cases.procedure_deadlines (
  procedure text not null,
  version integer not null,
  name text not null,
  states text[] not null,
  hours text not null,
  runs_from text not null,
  source text not null,
  move text,
  procedure_deadlines_procedure_version_fkey FOREIGN KEY (procedure, version) REFERENCES cases.procedures(name, version),
  procedure_deadlines_pkey PRIMARY KEY (procedure, version, name)
);

table cases.procedure_moves (
  procedure text not null,
  version integer not null,
  move text not null,
  froms text[] not null,
  to_state text,
  by text not null,
  decision boolean not null,
  procedure_moves_procedure_version_fkey FOREIGN KEY (procedure, version) REFERENCES cases.procedures(name, version),
  procedure_moves_pkey PRIMARY KEY (procedure, version, move),
  procedure_moves_procedure_version_move_decision_key UNIQUE (procedure, version, move, decision)
);

table cases.procedures (
  name text not null,
  version integer not null,
  first text not null,
  ends text[] not null,
  digest text not null,
  procedures_pkey PRIMARY KEY (name, version)
);

table clearance.applications (
  case_id uuid not null,
  id uuid not null,
  kind text not null,
  version smallint not null,
  at timestamp with time zone not null,
  party text,
  authority text,
  by text not null,
  ground text not null,
  reason text not null,
  proposed text,
  applications_check CHECK (((kind = 'redetermination'::text) = (proposed IS NOT NULL))),
  applications_kind_check CHECK ((kind = ANY (ARRAY['cancellation'::text, 'redetermination'::text]))),
  applications_pkey PRIMARY KEY (case_id)
);
CREATE INDEX applications_id ON clearance.applications USING btree (id);

table clearance.archived_days (
  day date not null,
  low uuid not null,
  high uuid not null,
  parcels bigint not null,
  rows bigint not null,
  file text not null,
  digest text not null,
  archived timestamp with time zone not null,
  archived_days_pkey PRIMARY KEY (day)
);

table clearance.arrivals (
  id uuid not null,
  filer text not null,
  reference text not null,
  manifest uuid,
  place text not null,
  landed timestamp with time zone not null,
  received timestamp with time zone not null,
  complete boolean not null,
  digest bytea not null,
  finished timestamp with time zone,
  worked text not null default ''::text,
  arrivals_pkey PRIMARY KEY (id),
  arrivals_filer_reference_key UNIQUE (filer, reference)
);
CREATE INDEX arrivals_unfinished ON clearance.arrivals USING btree (id) WHERE (finished IS NULL);

table clearance.cancellations (
  id uuid not null,
  version smallint not null,
  waited boolean not null,
  at timestamp with time zone not null,
  party text not null,
  by text not null,
  ground text not null,
  reason text not null,
  cancellations_pkey PRIMARY KEY (id)
);
CREATE INDEX cancellations_waited ON clearance.cancellations USING btree (id) WHERE waited;

table clearance.declarations partition by RANGE (id) (
  id uuid not null,
  version smallint not null,
  filer text not null,
  declaration text not null,
  received timestamp with time zone not null,
  day date not null,
  movement text not null,
  procedure text,
  previous_procedure text,
  nature text not null,
  office text,
  place_of_goods text,
  zone text,
  border_mode text,
  inland_mode text,
  declarant text not null,
  representation text,
  importer text,
  seller text,
  place_operator text,
  postal_operator text,
  guarantor text,
  carrier text,
  platform text,
  sent_from text,
  route text,
  outcome text not null,
  status text not null,
  desk text,
  currency character(3),
  declared_value_minor bigint,
  accepted_value_minor bigint,
  border_minor bigint not null,
  secured boolean not null,
  pieces smallint not null,
  pack text not null,
  pack_version text not null,
  epoch bigint not null,
  engine smallint not null,
  digest bytea not null,
  accounts text not null,
  checks text not null,
  missing text not null,
  charges text not null,
  accepted text,
  decided_by text not null,
  body text not null,
  declarations_pkey PRIMARY KEY (id, version)
);
CREATE INDEX declarations_filer ON ONLY clearance.declarations USING btree (filer, id DESC) WHERE (version = 1);
CREATE INDEX declarations_seller ON ONLY clearance.declarations USING btree (seller, id DESC) WHERE (version = 1);

table clearance.departure_pieces (
  departure uuid not null,
  barcode text not null,
  departure_pieces_pkey PRIMARY KEY (departure, barcode)
);
CREATE INDEX departure_pieces_barcode ON clearance.departure_pieces USING btree (barcode);

table clearance.departures (
  id uuid not null,
  filer text not null,
  reference text not null,
  manifest uuid,
  place text not null,
  departed timestamp with time zone not null,
  received timestamp with time zone not null,
  listed bytea not null,
  worked text not null default ''::text,
  finished timestamp with time zone,
  departures_pkey PRIMARY KEY (id),
  departures_filer_reference_key UNIQUE (filer, reference)
);
CREATE INDEX departures_unfinished ON clearance.departures USING btree (id) WHERE (finished IS NULL);

table clearance.export_proofs (
  id uuid not null,
  version smallint not null,
  issued timestamp with time zone not null,
  jws text not null,
  export_proofs_pkey PRIMARY KEY (id, version)
);

table clearance.further_versions (
  id uuid not null,
  version smallint not null,
  kind text not null,
  at timestamp with time zone not null,
  party text,
  authority text,
  by text not null,
  ground text,
  reason text,
  digest bytea,
  case_id uuid,
  step integer,
  further_versions_check CHECK (
CASE
    WHEN (kind = 'amended'::text) THEN (num_nulls(party, ground, reason, digest) = 0)
    ELSE (num_nulls(case_id, step) = 0)
END),
  further_versions_kind_check CHECK ((kind = ANY (ARRAY['amended'::text, 'redetermined'::text, 'restored'::text]))),
  further_versions_pkey PRIMARY KEY (id, version)
);

table clearance.kept_back (
  departure uuid not null,
  barcode text not null,
  id uuid,
  status text,
  at timestamp with time zone not null,
  kept_back_pkey PRIMARY KEY (departure, barcode)
);
CREATE INDEX kept_back_id ON clearance.kept_back USING btree (id);

table clearance.keys (
  filer text not null,
  declaration text not null,
  id uuid not null,
  digest bytea not null,
  keys_pkey PRIMARY KEY (filer, declaration)
);

table clearance.manifest_containers (
  container text not null,
  manifest uuid not null,
  house text not null,
  manifest_containers_pkey PRIMARY KEY (container, manifest, house)
);

table clearance.manifest_lines (
  manifest uuid not null,
  line integer not null,
  house text not null,
  pieces smallint not null,
  weight text,
  manifest_lines_pkey PRIMARY KEY (manifest, line)
);
CREATE INDEX manifest_lines_house ON clearance.manifest_lines USING btree (house);

table clearance.manifest_pieces (
  manifest uuid not null,
  barcode text not null,
  house text not null,
  manifest_pieces_pkey PRIMARY KEY (manifest, barcode)
);
CREATE INDEX manifest_pieces_barcode ON clearance.manifest_pieces USING btree (barcode);

table clearance.manifests (
  id uuid not null,
  filer text not null,
  master text not null,
  mode text not null,
  conveyance text,
  expected timestamp with time zone,
  received timestamp with time zone not null,
  digest bytea not null,
  manifests_pkey PRIMARY KEY (id),
  manifests_master_key UNIQUE (master)
);

table clearance.orders (
  platform text not null,
  number text not null,
  id uuid not null,
  orders_pkey PRIMARY KEY (platform, number, id)
);

table clearance.overlanded (
  id uuid not null,
  barcode text not null,
  arrival uuid not null,
  at timestamp with time zone not null,
  declared uuid,
  overlanded_pkey PRIMARY KEY (id),
  overlanded_barcode_key UNIQUE (barcode)
);

table clearance.parcels with (fillfactor=80) (
  id uuid not null,
  version smallint not null,
  status text not null,
  since timestamp with time zone not null,
  presented smallint not null,
  parcels_pkey PRIMARY KEY (id)
);

table clearance.pieces (
  barcode text not null,
  id uuid not null,
  document text not null,
  weight text,
  carrier text not null,
  master text,
  pieces_pkey PRIMARY KEY (barcode, id)
);
CREATE INDEX pieces_document ON clearance.pieces USING btree (document) WHERE (document <> barcode);
CREATE INDEX pieces_id ON clearance.pieces USING btree (id);

table clearance.replay_examples (
  replay uuid not null,
  handle text not null,
  parcel uuid not null,
  replay_examples_pkey PRIMARY KEY (replay, handle)
);

table clearance.replay_ranges (
  replay uuid not null,
  low uuid not null,
  high uuid not null,
  parcels integer,
  tally text,
  replay_ranges_pkey PRIMARY KEY (replay, low)
);
CREATE INDEX replay_ranges_open ON clearance.replay_ranges USING btree (replay, low) WHERE (tally IS NULL);

table clearance.replays (
  id uuid not null,
  draft uuid not null,
  title text not null,
  pack text not null,
  version text not null,
  leaf text not null,
  epoch bigint not null,
  from_day date not null,
  until_day date not null,
  low uuid not null,
  high uuid not null,
  assumed date,
  key bytea not null,
  started timestamp with time zone not null,
  started_by text not null,
  state text not null,
  ended timestamp with time zone,
  result text,
  replays_check CHECK (((state = 'done'::text) = (result IS NOT NULL))),
  replays_check1 CHECK (((state = ANY (ARRAY['planning'::text, 'running'::text])) = (ended IS NULL))),
  replays_state_check CHECK ((state = ANY (ARRAY['planning'::text, 'running'::text, 'done'::text, 'cancelled'::text, 'failed'::text]))),
  replays_pkey PRIMARY KEY (id)
);
CREATE INDEX replays_draft ON clearance.replays USING btree (draft, id DESC);
CREATE INDEX replays_open ON clearance.replays USING btree (id) WHERE (ended IS NULL);

table clearance.returned_exports (
  id uuid not null,
  export uuid not null,
  exported date not null,
  returned_exports_pkey PRIMARY KEY (id)
);
CREATE INDEX returned_exports_export ON clearance.returned_exports USING btree (export);

table clearance.returned_lines (
  id uuid not null,
  return uuid not null,
  line smallint not null,
  quantity numeric not null,
  value_minor bigint not null,
  net_weight numeric,
  gross_weight numeric,
  returned_lines_pkey PRIMARY KEY (id, return, line)
);

table clearance.returns (
  id uuid not null,
  parcel uuid not null,
  party text not null,
  by text not null,
  reference text not null,
  asked text not null,
  applied timestamp with time zone not null,
  back timestamp with time zone,
  operator text,
  place text,
  condition text,
  law text,
  outcome text,
  ended timestamp with time zone,
  border_minor bigint not null default 0,
  elsewhere_minor bigint not null default 0,
  back_whole CHECK ((((back IS NULL) = (operator IS NULL)) AND ((back IS NULL) = (place IS NULL)) AND ((back IS NULL) = (condition IS NULL)) AND ((back IS NULL) = (law IS NULL)))),
  ended_how CHECK ((((ended IS NULL) = (outcome IS NULL)) AND ((outcome IS NULL) OR (outcome = ANY (ARRAY['refunded'::text, 'refused'::text, 'lapsed'::text, 'withdrawn'::text]))))),
  returns_pkey PRIMARY KEY (id),
  returns_party_reference_key UNIQUE (party, reference)
);
CREATE INDEX returns_parcel ON clearance.returns USING btree (parcel, id);

table clearance.stock_books (
  number text not null,
  id uuid not null,
  operator text not null,
  place text not null,
  office text not null,
  zone text,
  opened timestamp with time zone not null,
  by text not null,
  stock_books_pkey PRIMARY KEY (number)
);
CREATE INDEX stock_books_operator ON clearance.stock_books USING btree (operator);

table clearance.stock_count_lines (
  count uuid not null,
  item text not null,
  expected bigint not null,
  counted bigint not null,
  explanation text,
  difference uuid,
  stock_count_lines_pkey PRIMARY KEY (count, item)
);
CREATE UNIQUE INDEX stock_count_lines_difference ON clearance.stock_count_lines USING btree (difference) WHERE (difference IS NOT NULL);

table clearance.stock_counts (
  id uuid not null,
  book text not null,
  counter text not null,
  reference text not null,
  counted timestamp with time zone not null,
  received timestamp with time zone not null,
  by text not null,
  digest bytea not null,
  stock_counts_pkey PRIMARY KEY (id),
  stock_counts_book_counter_reference_key UNIQUE (book, counter, reference)
);

table clearance.stock_draws (
  id uuid not null,
  line smallint not null,
  hold uuid not null,
  book text not null,
  item text not null,
  quantity bigint not null,
  stock_draws_pkey PRIMARY KEY (id, line)
);
CREATE UNIQUE INDEX stock_draws_hold ON clearance.stock_draws USING btree (hold);

table clearance.stock_entries (
  id uuid not null,
  book text not null,
  operator text not null,
  reference text not null,
  received timestamp with time zone not null,
  by text not null,
  digest bytea not null,
  stock_entries_pkey PRIMARY KEY (id),
  stock_entries_book_reference_key UNIQUE (book, reference)
);

table clearance.stock_lines (
  book text not null,
  item text not null,
  id uuid not null,
  owner text not null,
  commodity text not null,
  description text not null,
  language text not null,
  origin text,
  unit text not null,
  currency text not null,
  unit_value numeric not null,
  stock_lines_pkey PRIMARY KEY (book, item)
);
CREATE INDEX stock_lines_owner ON clearance.stock_lines USING btree (owner, book);
CREATE UNIQUE INDEX stock_lines_id ON clearance.stock_lines USING btree (id);

table clearance.stock_movements (
  book text not null,
  item text not null,
  at timestamp with time zone not null,
  kind text not null,
  quantity bigint not null,
  cause uuid not null,
  parcel uuid,
  line smallint,
  suspended bigint,
  number bigint identity not null,
  moves_something CHECK ((quantity > 0))
);
CREATE INDEX stock_movements_line ON clearance.stock_movements USING btree (book, item, number);
CREATE INDEX stock_movements_parcel ON clearance.stock_movements USING btree (parcel, line) WHERE (kind = 'entered'::text);
CREATE UNIQUE INDEX stock_movements_once ON clearance.stock_movements USING btree (cause, kind, parcel, line) WHERE (kind = ANY (ARRAY['gone'::text, 'returned'::text]));

table clearance.tallies (
  arrival uuid not null,
  barcode text not null,
  tallies_pkey PRIMARY KEY (arrival, barcode)
);
CREATE INDEX tallies_barcode ON clearance.tallies USING btree (barcode);

table clearance.waiting (
  id uuid not null,
  filer text not null,
  declaration text not null,
  seller text,
  received timestamp with time zone not null,
  due timestamp with time zone,
  missing text not null,
  snapshot text not null,
  digest bytea not null,
  body text not null,
  decided timestamp with time zone,
  waiting_pkey PRIMARY KEY (id)
);
CREATE INDEX waiting_due ON clearance.waiting USING btree (due) WHERE (decided IS NULL);

table commodity.aliases (
  language text not null,
  term text not null,
  means_language text not null,
  means text not null,
  aliases_pkey PRIMARY KEY (language, term, means_language, means)
);

table commodity.learned (
  language text not null,
  term text not null,
  code text not null,
  times bigint not null,
  learned_times_check CHECK ((times > 0)),
  learned_pkey PRIMARY KEY (language, term, code)
);

table commodity.lines (
  suggestion uuid not null,
  line integer not null,
  text text not null,
  language text not null,
  candidates text not null,
  person boolean not null,
  chosen text,
  chosen_at timestamp with time zone,
  lines_suggestion_fkey FOREIGN KEY (suggestion) REFERENCES commodity.suggestions(id) ON DELETE CASCADE,
  lines_pkey PRIMARY KEY (suggestion, line)
);

table commodity.postings (
  language text not null,
  term text not null,
  code text not null,
  weight real not null,
  postings_weight_check CHECK (((weight > (0)::double precision) AND (weight <= (1)::double precision))),
  postings_pkey PRIMARY KEY (language, term, code)
);

table commodity.stand (
  one boolean not null default true,
  mark text not null,
  subheadings integer not null,
  stand_one_check CHECK (one),
  stand_pkey PRIMARY KEY (one)
);

table commodity.subheadings (
  code text not null,
  description text not null,
  prior real not null,
  subheadings_code_check CHECK ((code ~ '^[0-9]{6}$'::text)),
  subheadings_pkey PRIMARY KEY (code)
);

table commodity.suggestions (
  id uuid not null,
  asked timestamp with time zone not null,
  asked_by text,
  pack text not null,
  threshold integer,
  suggestions_pkey PRIMARY KEY (id)
);
CREATE INDEX suggestions_asked ON commodity.suggestions USING btree (asked);

table commodity.terms (
  language text not null,
  term text not null,
  subheadings integer not null,
  terms_pkey PRIMARY KEY (language, term)
);
CREATE INDEX terms_alike ON commodity.terms USING gin (term gin_trgm_ops) WHERE (POSITION((' '::text) IN (term)) = 0);

table demo.aircraft (
  number integer not null,
  began timestamp with time zone not null,
  parcels integer not null,
  stage text not null,
  filed integer not null default 0,
  filing_ms integer,
  landing_ms integer,
  released integer,
  held integer,
  ended timestamp with time zone,
  aircraft_stage_check CHECK ((stage = ANY (ARRAY['filing'::text, 'landing'::text, 'done'::text]))),
  aircraft_pkey PRIMARY KEY (number)
);
CREATE UNIQUE INDEX aircraft_one_at_a_time ON demo.aircraft USING btree ((true)) WHERE (ended IS NULL);

table demo.state (
  one boolean not null default true,
  seed integer not null,
  began timestamp with time zone not null,
  key text not null,
  days_done smallint not null default 0,
  seeded timestamp with time zone,
  shift_ms bigint not null default 0,
  paused boolean not null default false,
  next bigint not null default 0,
  landed bigint not null default 0,
  stream_day date,
  stream_count integer not null default 0,
  state_one_check CHECK (one),
  state_pkey PRIMARY KEY (one)
);

table developers.requests (
  client uuid not null,
  request uuid not null,
  at timestamp with time zone not null,
  method text not null,
  path text not null,
  status smallint not null,
  problem text,
  requests_path_check CHECK ((length(path) <= 200)),
  requests_pkey PRIMARY KEY (client, request)
);
CREATE INDEX requests_at ON developers.requests USING btree (at);

table documents.attachments (
  id uuid not null,
  about_kind text not null,
  about_id text not null,
  name text not null,
  media_type text not null,
  sha256 bytea not null,
  bytes bytea not null storage e,
  attached_by text not null,
  attached timestamp with time zone not null,
  attachments_bytes_check CHECK (((length(bytes) >= 1) AND (length(bytes) <= 5242880))),
  attachments_media_type_check CHECK ((media_type = ANY (ARRAY['application/pdf'::text, 'image/jpeg'::text, 'image/png'::text, 'image/webp'::text]))),
  attachments_name_check CHECK ((name <> ''::text)),
  attachments_sha256_check CHECK ((length(sha256) = 32)),
  attachments_pkey PRIMARY KEY (id)
);
CREATE INDEX attachments_about ON documents.attachments USING btree (about_kind, about_id, id);

table enquiries.links (
  hash bytea not null,
  parcel uuid not null,
  created timestamp with time zone not null,
  expires timestamp with time zone not null,
  links_pkey PRIMARY KEY (hash)
);
CREATE INDEX links_expires ON enquiries.links USING btree (expires);

table enquiries.tries (
  subject bytea not null,
  since timestamp with time zone not null,
  tries integer not null,
  tries_pkey PRIMARY KEY (subject)
);
CREATE INDEX tries_since ON enquiries.tries USING btree (since);

table enquiries.visits (
  hash bytea not null,
  parcels uuid[] not null,
  opened timestamp with time zone not null,
  expires timestamp with time zone not null,
  visits_pkey PRIMARY KEY (hash)
);
CREATE INDEX visits_expires ON enquiries.visits USING btree (expires);

table feedback.dead_letters (
  batch uuid not null,
  webhook uuid not null,
  after bigint not null,
  upto bigint not null,
  kinds text[],
  events integer not null,
  attempts integer not null,
  parked timestamp with time zone not null,
  state text not null,
  last_at timestamp with time zone not null,
  last_answer text not null,
  dead_letters_webhook_fkey FOREIGN KEY (webhook) REFERENCES feedback.webhooks(id) ON DELETE CASCADE,
  dead_letters_pkey PRIMARY KEY (batch)
);
CREATE INDEX dead_letters_replaying ON feedback.dead_letters USING btree (webhook) WHERE (state = 'replaying'::text);
CREATE INDEX dead_letters_webhook ON feedback.dead_letters USING btree (webhook, batch);

table feedback.events partition by RANGE (number) (
  party text not null,
  number bigint not null,
  id uuid not null,
  kind text not null,
  parcel uuid not null,
  at timestamp with time zone not null,
  places text not null,
  data text not null,
  seeded boolean not null,
  events_pkey PRIMARY KEY (party, number)
);

table feedback.inboxes (
  party text not null,
  opened timestamp with time zone not null default clock_timestamp(),
  read timestamp with time zone not null default clock_timestamp(),
  inboxes_pkey PRIMARY KEY (party)
);

table feedback.letters (
  id text not null,
  person uuid not null,
  address text not null,
  subject text not null,
  body text not null,
  at timestamp with time zone not null,
  letters_pkey PRIMARY KEY (id)
);
CREATE INDEX letters_at ON feedback.letters USING btree (at);
CREATE INDEX letters_person ON feedback.letters USING btree (person, at DESC);

table feedback.push_keys (
  single boolean not null default true,
  public_key text not null,
  private_key text not null,
  made timestamp with time zone not null,
  push_keys_single_check CHECK (single),
  push_keys_pkey PRIMARY KEY (single)
);

table feedback.sequence (
  single boolean not null default true,
  last bigint not null,
  sequence_single_check CHECK (single),
  sequence_pkey PRIMARY KEY (single)
);

table feedback.webhooks with (fillfactor=50) (
  id uuid not null,
  party text not null,
  url text not null,
  kinds text[],
  size smallint not null,
  secret text not null,
  old_secret text,
  old_until timestamp with time zone,
  state text not null,
  since timestamp with time zone not null,
  created timestamp with time zone not null,
  created_by text not null,
  cursor bigint not null,
  missed timestamp with time zone,
  batch uuid,
  upto bigint,
  batch_kinds text[],
  attempts smallint not null default 0,
  next_at timestamp with time zone not null default to_timestamp((0)::double precision),
  attempt uuid,
  parked_in_row smallint not null default 0,
  delivered timestamp with time zone,
  last_at timestamp with time zone,
  last_answer text,
  webhooks_check CHECK (((batch IS NULL) = (upto IS NULL))),
  webhooks_pkey PRIMARY KEY (id)
);
CREATE INDEX webhooks_party ON feedback.webhooks USING btree (party);

table feedback.wishes with (fillfactor=60) (
  id uuid not null,
  person uuid not null,
  party text not null,
  way text not null,
  address text not null,
  p256dh text,
  auth text,
  about text not null,
  language text not null,
  token text not null,
  state text not null,
  created timestamp with time zone not null,
  cursor bigint not null,
  next_at timestamp with time zone not null default to_timestamp((0)::double precision),
  attempt uuid,
  attempts smallint not null default 0,
  invited boolean not null default false,
  told timestamp with time zone,
  last_answer text,
  wishes_about_check CHECK ((about = ANY (ARRAY['all'::text, 'results'::text, 'asks'::text]))),
  wishes_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'active'::text, 'ended'::text]))),
  wishes_way_check CHECK ((way = ANY (ARRAY['mail'::text, 'push'::text]))),
  wishes_pkey PRIMARY KEY (id),
  wishes_person_way_address_key UNIQUE (person, way, address),
  wishes_token_key UNIQUE (token)
);
CREATE INDEX wishes_party ON feedback.wishes USING btree (party) WHERE (state = 'active'::text);

table filing.drafts (
  id uuid not null,
  filer text not null,
  by text not null,
  changed timestamp with time zone not null,
  expires timestamp with time zone not null,
  answers text not null,
  parcel uuid,
  drafts_pkey PRIMARY KEY (id)
);
CREATE INDEX drafts_expire ON filing.drafts USING btree (expires);
CREATE INDEX drafts_filer ON filing.drafts USING btree (filer, changed DESC) WHERE (parcel IS NULL);

table filing.faults (
  table_id uuid not null,
  line integer not null,
  place integer not null,
  cell integer,
  declaration text,
  code text not null,
  pointer text,
  params text not null,
  faults_table_id_fkey FOREIGN KEY (table_id) REFERENCES filing.tables(id) ON DELETE CASCADE,
  faults_pkey PRIMARY KEY (table_id, line, place)
);

table filing.mappings (
  filer text not null,
  head bytea not null,
  mapping text not null,
  mappings_head_check CHECK ((length(head) = 32)),
  mappings_pkey PRIMARY KEY (filer, head)
);

table filing.pieces (
  table_id uuid not null,
  at bigint not null,
  bytes bytea not null,
  pieces_table_id_fkey FOREIGN KEY (table_id) REFERENCES filing.tables(id) ON DELETE CASCADE,
  pieces_pkey PRIMARY KEY (table_id, at)
);

table filing.tables (
  id uuid not null,
  filer text not null,
  by text not null,
  name text not null,
  begun timestamp with time zone not null,
  expires timestamp with time zone not null,
  size bigint not null,
  received bigint not null,
  taken bigint not null,
  line integer not null,
  mapping text,
  filed integer not null,
  refused integer not null,
  stopped text,
  tables_check CHECK (((received >= 0) AND (received <= size))),
  tables_check1 CHECK (((taken >= 0) AND (taken <= received))),
  tables_size_check CHECK ((size > 0)),
  tables_pkey PRIMARY KEY (id)
);
CREATE INDEX tables_expire ON filing.tables USING btree (expires);
CREATE INDEX tables_filer ON filing.tables USING btree (filer, begun DESC);

table filing.templates (
  id uuid not null,
  filer text not null,
  name text not null,
  changed timestamp with time zone not null,
  answers text not null,
  templates_pkey PRIMARY KEY (id),
  templates_filer_name_key UNIQUE (filer, name)
);

table home.figures (
  day date not null,
  name text not null,
  count bigint not null,
  figures_pkey PRIMARY KEY (day, name)
);

table home.lanes (
  day date not null,
  origin text not null,
  office text not null,
  count bigint not null,
  lanes_pkey PRIMARY KEY (day, origin, office)
);

table home.news (
  number bigint identity not null,
  at timestamp with time zone not null,
  what text not null,
  route text,
  ground text,
  news_pkey PRIMARY KEY (number)
);

table home.waiting (
  origin text not null,
  office text not null,
  count bigint not null,
  waiting_pkey PRIMARY KEY (origin, office)
);

table issuer.authenticators (
  person uuid not null,
  secret bytea not null,
  confirmed boolean not null,
  step bigint not null,
  created timestamp with time zone not null,
  authenticators_secret_check CHECK ((length(secret) = 20)),
  authenticators_pkey PRIMARY KEY (person)
);

table issuer.keys (
  kid text not null,
  jwk text not null,
  made timestamp with time zone not null,
  keys_pkey PRIMARY KEY (kid)
);

table issuer.passkeys (
  id text not null,
  person uuid not null,
  name text not null,
  key bytea not null,
  counter bigint not null,
  transports text[] not null,
  created timestamp with time zone not null,
  used timestamp with time zone,
  passkeys_name_check CHECK ((name <> ''::text)),
  passkeys_pkey PRIMARY KEY (id)
);
CREATE INDEX passkeys_person ON issuer.passkeys USING btree (person);

table issuer.records (
  model text not null,
  id text not null,
  payload jsonb not null,
  grant_id text,
  uid text,
  expires timestamp with time zone not null,
  records_pkey PRIMARY KEY (model, id)
);
CREATE INDEX records_expires ON issuer.records USING btree (expires);
CREATE INDEX records_grant ON issuer.records USING btree (grant_id) WHERE (grant_id IS NOT NULL);
CREATE INDEX records_uid ON issuer.records USING btree (uid) WHERE (uid IS NOT NULL);

table issuer.recovery_codes (
  person uuid not null,
  hash bytea not null,
  recovery_codes_hash_check CHECK ((length(hash) = 32)),
  recovery_codes_pkey PRIMARY KEY (person, hash)
);

table issuer.steps (
  subject text not null,
  challenge text,
  person uuid,
  expires timestamp with time zone not null,
  steps_pkey PRIMARY KEY (subject)
);
CREATE INDEX steps_expires ON issuer.steps USING btree (expires);

table logistics.arrivals (
  id uuid not null,
  transfer uuid not null,
  filer text not null,
  reference text not null,
  place text not null,
  arrived timestamp with time zone not null,
  received timestamp with time zone not null,
  complete boolean not null,
  seals text not null,
  waits boolean not null,
  digest bytea not null,
  worked text not null default ''::text,
  finished timestamp with time zone,
  presented text default ''::text,
  arrivals_pkey PRIMARY KEY (id),
  arrivals_filer_reference_key UNIQUE (filer, reference)
);
CREATE INDEX arrivals_open ON logistics.arrivals USING btree (id) WHERE ((finished IS NULL) OR ((presented IS NOT NULL) AND (NOT waits)));
CREATE INDEX arrivals_transfer ON logistics.arrivals USING btree (transfer);

table logistics.left_out (
  transfer uuid not null,
  barcode text not null,
  code text not null,
  left_out_pkey PRIMARY KEY (transfer, barcode)
);

table logistics.lines with (fillfactor=80) (
  transfer uuid not null,
  barcode text not null,
  parcel uuid,
  filer text,
  declarant text,
  hold uuid not null,
  amount bigint not null,
  state text not null,
  why text,
  over boolean not null default false,
  since timestamp with time zone not null,
  lines_state_check CHECK ((state = ANY (ARRAY['origin'::text, 'under-way'::text, 'arrived'::text, 'missing'::text, 'elsewhere'::text]))),
  lines_pkey PRIMARY KEY (transfer, barcode)
);
CREATE INDEX lines_barcode ON logistics.lines USING btree (barcode);
CREATE INDEX lines_declarant ON logistics.lines USING btree (declarant, transfer);
CREATE INDEX lines_filer ON logistics.lines USING btree (filer, transfer);
CREATE INDEX lines_parcel ON logistics.lines USING btree (parcel) WHERE (parcel IS NOT NULL);
CREATE INDEX lines_state ON logistics.lines USING btree (transfer, state);
CREATE UNIQUE INDEX lines_open ON logistics.lines USING btree (barcode) WHERE (state = ANY (ARRAY['origin'::text, 'under-way'::text, 'missing'::text]));

table logistics.tallies (
  arrival uuid not null,
  barcode text not null,
  tallies_pkey PRIMARY KEY (arrival, barcode)
);
CREATE INDEX tallies_barcode ON logistics.tallies USING btree (barcode);

table logistics.transfers (
  id uuid not null,
  filer text not null,
  reference text not null,
  master text not null,
  procedure text not null,
  from_office text not null,
  from_place text not null,
  from_zone text,
  from_operator text not null,
  to_office text not null,
  to_place text not null,
  to_zone text,
  to_operator text not null,
  via text not null,
  carrier text not null,
  guarantor text not null,
  conveyance text,
  seals text not null,
  parent uuid,
  status text not null,
  hours integer not null,
  source text not null,
  currency character(3) not null,
  prepared timestamp with time zone not null,
  departed timestamp with time zone,
  due timestamp with time zone,
  ended timestamp with time zone,
  digest bytea not null,
  transfers_pkey PRIMARY KEY (id),
  transfers_filer_reference_key UNIQUE (filer, reference),
  transfers_master_key UNIQUE (master)
);
CREATE INDEX transfers_due ON logistics.transfers USING btree (due) WHERE (status = 'departed'::text);
CREATE INDEX transfers_parent ON logistics.transfers USING btree (parent) WHERE (parent IS NOT NULL);

table messages.messages (
  id uuid not null,
  filer text not null,
  by text not null,
  kind text not null,
  guid text not null,
  received timestamp with time zone not null,
  digest bytea not null,
  validated boolean not null,
  bytes bytea not null,
  nodes text,
  messages_digest_check CHECK ((length(digest) = 32)),
  messages_pkey PRIMARY KEY (id),
  messages_filer_kind_guid_key UNIQUE (filer, kind, guid)
);
CREATE INDEX messages_filer ON messages.messages USING btree (filer, id DESC);

table operations.backups (
  at timestamp with time zone not null,
  finished timestamp with time zone not null,
  bytes bigint not null,
  rows bigint not null,
  sha256 text not null,
  drilled timestamp with time zone,
  proved boolean,
  backups_pkey PRIMARY KEY (at)
);

table operations.incidents (
  id uuid not null,
  began timestamp with time zone not null,
  ended timestamp with time zone,
  words text not null,
  entered timestamp with time zone not null,
  changed timestamp with time zone not null,
  incidents_pkey PRIMARY KEY (id)
);
CREATE INDEX incidents_began ON operations.incidents USING btree (began DESC);

table operations.minutes with (fillfactor=50) (
  minute timestamp with time zone not null,
  asked integer not null,
  answered integer not null,
  minutes_pkey PRIMARY KEY (minute)
);

table parties.attempts (
  subject bytea not null,
  since timestamp with time zone not null,
  tries integer not null,
  attempts_pkey PRIMARY KEY (subject)
);

table parties.authorities (
  id uuid not null,
  identifier text not null,
  name text not null,
  language text not null,
  latin text,
  from_epoch bigint not null,
  until_epoch bigint not null default '9223372036854775807'::bigint,
  authorities_check CHECK ((until_epoch > from_epoch)),
  authorities_identifier_check CHECK ((identifier ~ '^[a-z][a-z0-9-]{0,34}$'::text)),
  authorities_pkey PRIMARY KEY (identifier, from_epoch)
);
CREATE UNIQUE INDEX authorities_current ON parties.authorities USING btree (identifier) WHERE (until_epoch = '9223372036854775807'::bigint);

table parties.clients (
  id uuid not null,
  name text not null,
  party text,
  authority text,
  hash bytea not null,
  prefix text not null,
  scopes text[] not null,
  status text not null,
  created timestamp with time zone not null,
  from_epoch bigint not null,
  until_epoch bigint not null default '9223372036854775807'::bigint,
  signing text,
  access text not null default '[]'::text,
  valid_until date,
  clients_check CHECK ((until_epoch > from_epoch)),
  clients_check1 CHECK (((party IS NULL) <> (authority IS NULL))),
  clients_hash_check CHECK ((length(hash) = 32)),
  clients_status_check CHECK ((status = ANY (ARRAY['active'::text, 'revoked'::text]))),
  clients_pkey PRIMARY KEY (id, from_epoch)
);
CREATE UNIQUE INDEX clients_current ON parties.clients USING btree (id) WHERE (until_epoch = '9223372036854775807'::bigint);
CREATE UNIQUE INDEX clients_hash ON parties.clients USING btree (hash) WHERE (until_epoch = '9223372036854775807'::bigint);

table parties.links (
  hash bytea not null,
  person uuid,
  created timestamp with time zone not null,
  expires timestamp with time zone not null,
  links_hash_check CHECK ((length(hash) = 32)),
  links_person_fkey FOREIGN KEY (person) REFERENCES parties.users(id) ON DELETE CASCADE,
  links_pkey PRIMARY KEY (hash)
);

table parties.mandates (
  id uuid not null,
  authority text not null,
  element text not null,
  purpose text not null,
  reference text not null,
  valid_from date not null,
  valid_until date,
  from_epoch bigint not null,
  until_epoch bigint not null default '9223372036854775807'::bigint,
  mandates_check CHECK ((valid_until > valid_from)),
  mandates_check1 CHECK ((until_epoch > from_epoch)),
  mandates_reference_check CHECK ((reference <> ''::text)),
  mandates_pkey PRIMARY KEY (id, from_epoch)
);
CREATE UNIQUE INDEX mandates_current ON parties.mandates USING btree (id) WHERE (until_epoch = '9223372036854775807'::bigint);

table parties.parties (
  id uuid not null,
  identifier text not null,
  name text not null,
  language text not null,
  latin text,
  roles text[] not null,
  status text not null,
  valid_from date not null,
  valid_until date,
  from_epoch bigint not null,
  until_epoch bigint not null default '9223372036854775807'::bigint,
  parties_check CHECK ((valid_until > valid_from)),
  parties_check1 CHECK ((until_epoch > from_epoch)),
  parties_identifier_check CHECK ((identifier ~ '^[\x21-\x7e]([\x20-\x7e]{0,33}[\x21-\x7e])?$'::text)),
  parties_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text]))),
  parties_pkey PRIMARY KEY (identifier, from_epoch)
);
CREATE UNIQUE INDEX parties_current ON parties.parties USING btree (identifier) WHERE (until_epoch = '9223372036854775807'::bigint);

table parties.representations (
  id uuid not null,
  represented text not null,
  representative text not null,
  kind text not null,
  scope text[] not null,
  chain text[] not null,
  valid_from date not null,
  valid_until date,
  from_epoch bigint not null,
  until_epoch bigint not null default '9223372036854775807'::bigint,
  onward boolean not null default false,
  representations_check CHECK ((representative <> represented)),
  representations_check1 CHECK ((valid_until > valid_from)),
  representations_check2 CHECK ((until_epoch > from_epoch)),
  representations_kind_check CHECK ((kind = ANY (ARRAY['direct'::text, 'indirect'::text]))),
  representations_scope_check CHECK ((cardinality(scope) > 0)),
  representations_pkey PRIMARY KEY (id, from_epoch)
);
CREATE INDEX representations_chain ON parties.representations USING gin (chain) WHERE (until_epoch = '9223372036854775807'::bigint);
CREATE INDEX representations_pair ON parties.representations USING btree (representative, represented) WHERE (until_epoch = '9223372036854775807'::bigint);
CREATE INDEX representations_represented ON parties.representations USING btree (represented) WHERE (until_epoch = '9223372036854775807'::bigint);
CREATE UNIQUE INDEX representations_current ON parties.representations USING btree (id) WHERE (until_epoch = '9223372036854775807'::bigint);

table parties.sessions (
  hash bytea not null,
  person uuid not null,
  assurance text not null,
  created timestamp with time zone not null,
  seen timestamp with time zone not null,
  id uuid not null default gen_random_uuid(),
  device text not null default ''::text,
  sessions_assurance_check CHECK ((assurance = ANY (ARRAY['password'::text, 'demo'::text, 'passkey'::text]))),
  sessions_hash_check CHECK ((length(hash) = 32)),
  sessions_person_fkey FOREIGN KEY (person) REFERENCES parties.users(id) ON DELETE CASCADE,
  sessions_pkey PRIMARY KEY (hash)
);
CREATE INDEX sessions_created ON parties.sessions USING btree (created);
CREATE INDEX sessions_person ON parties.sessions USING btree (person);
CREATE UNIQUE INDEX sessions_id ON parties.sessions USING btree (id);

table parties.users (
  id uuid not null,
  name text not null,
  shown text not null,
  password text,
  roles text[] not null,
  party text,
  authority text,
  status text not null,
  demo boolean not null,
  created timestamp with time zone not null,
  changed timestamp with time zone not null,
  users_check CHECK (((party IS NULL) OR (authority IS NULL))),
  users_check1 CHECK (((NOT demo) OR (password IS NULL))),
  users_name_check CHECK ((name ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'::text)),
  users_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text]))),
  users_pkey PRIMARY KEY (id),
  users_name_key UNIQUE (name)
);
CREATE INDEX users_party ON parties.users USING btree (party) WHERE (party IS NOT NULL);

table platform.cursors with (fillfactor=50) (
  name text not null,
  tx xid8 not null default '0'::xid8,
  seq bigint not null default 0,
  moved timestamp with time zone not null default clock_timestamp(),
  cursors_pkey PRIMARY KEY (name)
);

table platform.epoch (
  single boolean not null default true,
  epoch bigint not null,
  epoch_single_check CHECK (single),
  epoch_pkey PRIMARY KEY (single)
);

table platform.journal (
  tx xid8 not null default pg_current_xact_id(),
  seq bigint identity not null,
  at timestamp with time zone not null default clock_timestamp(),
  kind text not null,
  subject uuid not null,
  data text not null,
  seeded boolean not null,
  journal_pkey PRIMARY KEY (tx, seq)
);
CREATE INDEX journal_subject ON platform.journal USING btree (subject);

table platform.migrations (
  module text not null,
  number integer not null,
  hash text not null,
  at timestamp with time zone not null default clock_timestamp(),
  migrations_pkey PRIMARY KEY (module, number)
);

table platform.numbering (
  single boolean not null default true,
  shift bigint not null,
  numbering_single_check CHECK (single),
  numbering_pkey PRIMARY KEY (single)
);

table platform.signing_keys (
  kid text not null,
  jwk text not null,
  made timestamp with time zone not null,
  retired timestamp with time zone,
  signing_keys_pkey PRIMARY KEY (kid)
);
CREATE UNIQUE INDEX signing_keys_current ON platform.signing_keys USING btree ((true)) WHERE (retired IS NULL);

table ports.tariffs (
  id uuid not null,
  operator text not null,
  port text not null,
  version integer not null,
  from_day date not null,
  currency text not null,
  digest bytea not null,
  body text not null,
  published timestamp with time zone not null,
  tariffs_pkey PRIMARY KEY (id),
  tariffs_operator_port_version_key UNIQUE (operator, port, version)
);
CREATE INDEX tariffs_from ON ports.tariffs USING btree (operator, port, from_day DESC, version DESC);

table readiness.reports (
  hash bytea not null,
  report uuid not null,
  received timestamp with time zone not null,
  reports_pkey PRIMARY KEY (hash),
  reports_report_key UNIQUE (report)
);

table receipts.exports (
  parcel uuid not null,
  currency text not null,
  exporter text not null,
  filer text not null,
  declaration text not null,
  claim text not null,
  orders text[] not null,
  minor bigint not null,
  exported date not null,
  exports_pkey PRIMARY KEY (parcel, currency)
);
CREATE INDEX exports_claim ON receipts.exports USING btree (claim);
CREATE INDEX exports_declaration ON receipts.exports USING btree (filer, declaration);
CREATE INDEX exports_exporter ON receipts.exports USING btree (exporter, exported);
CREATE INDEX exports_orders ON receipts.exports USING gin (orders);

table receipts.receipts (
  id uuid not null,
  provider text not null,
  reference text not null,
  exporter text not null,
  kind text not null,
  name text not null,
  currency text not null,
  minor bigint not null,
  received date not null,
  reported timestamp with time zone not null,
  claim text,
  receipts_kind_check CHECK ((kind = ANY (ARRAY['order'::text, 'declaration'::text]))),
  receipts_minor_check CHECK ((minor > 0)),
  receipts_pkey PRIMARY KEY (id),
  receipts_provider_reference_key UNIQUE (provider, reference)
);
CREATE INDEX receipts_claim ON receipts.receipts USING btree (claim) WHERE (claim IS NOT NULL);
CREATE INDEX receipts_exporter ON receipts.receipts USING btree (exporter, received DESC, id DESC);
CREATE INDEX receipts_provider ON receipts.receipts USING btree (provider, id DESC);
CREATE INDEX receipts_waiting ON receipts.receipts USING btree (name) WHERE (claim IS NULL);

table registration.applications (
  id uuid not null,
  identifier text not null,
  identifiers text not null,
  name text not null,
  language text not null,
  latin text,
  country text not null,
  address text not null,
  roles text[] not null,
  person uuid not null,
  shown text not null,
  desk text,
  state text not null,
  received timestamp with time zone not null,
  ended timestamp with time zone,
  applications_check CHECK (((ended IS NULL) = (state = ANY (ARRAY['open'::text, 'asked'::text])))),
  applications_state_check CHECK ((state = ANY (ARRAY['open'::text, 'asked'::text, 'approved'::text, 'refused'::text]))),
  applications_pkey PRIMARY KEY (id)
);
CREATE INDEX applications_identifier ON registration.applications USING btree (identifier, id);
CREATE INDEX applications_person ON registration.applications USING btree (person, id);
CREATE INDEX applications_state ON registration.applications USING btree (state, id);
CREATE UNIQUE INDEX applications_waiting ON registration.applications USING btree (identifier) WHERE (state = ANY (ARRAY['open'::text, 'asked'::text]));

table registration.invitations (
  id uuid not null,
  hash bytea not null,
  party text not null,
  shown text not null,
  roles text[] not null,
  invited_by text not null,
  created timestamp with time zone not null,
  expires timestamp with time zone not null,
  invitations_hash_check CHECK ((length(hash) = 32)),
  invitations_pkey PRIMARY KEY (id),
  invitations_hash_key UNIQUE (hash)
);
CREATE INDEX invitations_party ON registration.invitations USING btree (party, id);

table registration.offers (
  id uuid not null,
  represented text not null,
  representative text not null,
  kind text not null,
  scope text[] not null,
  onward boolean not null,
  valid_from date not null,
  valid_until date,
  offered_by text not null,
  offered timestamp with time zone not null,
  state text not null,
  ended timestamp with time zone,
  offers_check CHECK ((representative <> represented)),
  offers_check1 CHECK ((valid_until > valid_from)),
  offers_check2 CHECK (((ended IS NULL) = (state = 'offered'::text))),
  offers_kind_check CHECK ((kind = ANY (ARRAY['direct'::text, 'indirect'::text]))),
  offers_scope_check CHECK ((cardinality(scope) > 0)),
  offers_state_check CHECK ((state = ANY (ARRAY['offered'::text, 'confirmed'::text, 'declined'::text, 'withdrawn'::text]))),
  offers_pkey PRIMARY KEY (id)
);
CREATE INDEX offers_representative ON registration.offers USING btree (representative, id) WHERE (state = 'offered'::text);
CREATE UNIQUE INDEX offers_waiting ON registration.offers USING btree (represented, representative) WHERE (state = 'offered'::text);

table risk.names (
  id uuid not null,
  list text not null,
  name text not null,
  normalised text not null,
  source text not null,
  from_epoch bigint not null,
  until_epoch bigint not null default '9223372036854775807'::bigint,
  names_check CHECK ((until_epoch > from_epoch)),
  names_normalised_check CHECK ((normalised <> ''::text)),
  names_source_check CHECK ((source <> ''::text)),
  names_pkey PRIMARY KEY (id, from_epoch)
);
CREATE UNIQUE INDEX names_current ON risk.names USING btree (list, name) WHERE (until_epoch = '9223372036854775807'::bigint);

table risk.rules (
  key uuid not null,
  id text not null,
  condition text not null,
  share numeric(5,2) not null,
  ground text not null,
  desk text not null,
  source text not null,
  valid_from date not null,
  valid_until date,
  from_epoch bigint not null,
  until_epoch bigint not null default '9223372036854775807'::bigint,
  rules_check CHECK ((valid_until > valid_from)),
  rules_check1 CHECK ((until_epoch > from_epoch)),
  rules_id_check CHECK ((id ~ '^[a-z][a-z0-9-]{0,39}$'::text)),
  rules_share_check CHECK (((share > (0)::numeric) AND (share <= (100)::numeric))),
  rules_source_check CHECK ((source <> ''::text)),
  rules_pkey PRIMARY KEY (id, from_epoch)
);
CREATE UNIQUE INDEX rules_current ON risk.rules USING btree (id) WHERE (until_epoch = '9223372036854775807'::bigint);

table rulebook.adopted (
  change uuid not null,
  in_force timestamp with time zone,
  adopted_pkey PRIMARY KEY (change)
);

table rulebook.drafts (
  id uuid not null,
  change uuid not null,
  number integer not null,
  pack text not null,
  title text not null,
  version text not null,
  hash text not null,
  base_hash text not null,
  sources text not null,
  made timestamp with time zone not null,
  made_by text not null,
  drafts_pkey PRIMARY KEY (id),
  drafts_change_number_key UNIQUE (change, number)
);

table rulebook.home (
  pack text not null,
  from_epoch bigint not null,
  until_epoch bigint,
  home_check CHECK (((until_epoch IS NULL) OR (until_epoch > from_epoch))),
  home_pkey PRIMARY KEY (from_epoch)
);
CREATE UNIQUE INDEX home_current ON rulebook.home USING btree ((true)) WHERE (until_epoch IS NULL);

table rulebook.packs (
  id text not null,
  version text not null,
  hash text not null,
  parent text,
  sources text not null,
  from_epoch bigint not null,
  until_epoch bigint,
  installed timestamp with time zone not null default clock_timestamp(),
  change uuid,
  since timestamp with time zone,
  packs_check CHECK (((until_epoch IS NULL) OR (until_epoch > from_epoch))),
  packs_pkey PRIMARY KEY (id, from_epoch)
);
CREATE INDEX packs_change ON rulebook.packs USING btree (change) WHERE (change IS NOT NULL);
CREATE UNIQUE INDEX packs_current ON rulebook.packs USING btree (id) WHERE (until_epoch IS NULL);

table services.transactions (
  id uuid not null,
  filer text not null,
  reference text not null,
  digest bytea not null,
  direction text not null,
  kind text not null,
  supplier text not null,
  customer text not null,
  currency text not null,
  minor bigint not null,
  home_minor bigint not null,
  day date not null,
  body text not null,
  state text not null,
  charges text not null,
  owed bigint not null,
  pack text not null,
  received timestamp with time zone not null,
  decided timestamp with time zone,
  transactions_direction_check CHECK ((direction = ANY (ARRAY['import'::text, 'export'::text]))),
  transactions_minor_check CHECK ((minor > 0)),
  transactions_owed_check CHECK ((owed >= 0)),
  transactions_state_check CHECK ((state = ANY (ARRAY['under-review'::text, 'accepted'::text, 'refused'::text]))),
  transactions_pkey PRIMARY KEY (id),
  transactions_filer_reference_key UNIQUE (filer, reference)
);
CREATE INDEX transactions_customer ON services.transactions USING btree (customer, id DESC);
CREATE INDEX transactions_day ON services.transactions USING btree (day);
CREATE INDEX transactions_filer ON services.transactions USING btree (filer, id DESC);
CREATE INDEX transactions_supplier ON services.transactions USING btree (supplier, id DESC);

table slips.names (
  kind text not null,
  sender text not null,
  number text not null,
  id uuid not null,
  version smallint not null,
  names_pkey PRIMARY KEY (kind, sender, number, id, version)
);
CREATE INDEX names_id ON slips.names USING btree (id);

table slips.slips with (fillfactor=80) (
  kind text not null,
  sender text not null,
  number text not null,
  id uuid not null,
  version smallint not null,
  received timestamp with time zone not null,
  due timestamp with time zone not null,
  state text not null,
  reasons text not null,
  parcel uuid,
  handed bytea,
  slips_kind_check CHECK ((kind = ANY (ARRAY['order'::text, 'payment'::text, 'transport'::text, 'declaration'::text]))),
  slips_state_check CHECK ((state = ANY (ARRAY['received'::text, 'matched'::text, 'contradicts'::text, 'used'::text, 'expired'::text]))),
  slips_pkey PRIMARY KEY (kind, sender, number),
  slips_id_key UNIQUE (id)
);
CREATE INDEX slips_due ON slips.slips USING btree (due, id) WHERE ((state = ANY (ARRAY['received'::text, 'matched'::text, 'contradicts'::text])) AND ((parcel IS NULL) OR (kind = 'declaration'::text)));
CREATE INDEX slips_sender ON slips.slips USING btree (sender, id DESC);

table slips.statements (
  id uuid not null,
  filer text not null,
  received timestamp with time zone not null,
  lines integer not null,
  digest bytea not null,
  jws text not null,
  identity bytea not null,
  statements_digest_check CHECK ((length(digest) = 32)),
  statements_identity_check CHECK ((length(identity) = 32)),
  statements_pkey PRIMARY KEY (id),
  statements_identity_key UNIQUE (identity)
);

table slips.versions (
  id uuid not null,
  version smallint not null,
  filer text not null,
  by text not null,
  received timestamp with time zone not null,
  digest bytea not null,
  statement uuid,
  raw text not null,
  versions_digest_check CHECK ((length(digest) = 32)),
  versions_statement_fkey FOREIGN KEY (statement) REFERENCES slips.statements(id),
  versions_pkey PRIMARY KEY (id, version)
);

table statistics.bookings (
  id uuid not null,
  entry smallint not null,
  part smallint not null,
  line smallint not null,
  period date not null,
  summary_line uuid,
  cell uuid not null,
  trader text not null,
  items smallint not null,
  checklists smallint not null,
  value_minor bigint not null,
  quantity numeric not null,
  net_weight numeric not null,
  gross_weight numeric not null,
  bookings_pkey PRIMARY KEY (id, entry, part)
);
CREATE INDEX bookings_corrections ON statistics.bookings USING btree (summary_line) WHERE ((summary_line IS NOT NULL) AND (entry > 0));
CREATE INDEX bookings_period ON statistics.bookings USING brin (period) WITH (pages_per_range='32');
CREATE INDEX bookings_summary_line ON statistics.bookings USING btree (summary_line, id) WHERE (summary_line IS NOT NULL);

table statistics.cells (
  id uuid not null,
  movement text not null,
  route text,
  procedure text,
  country text,
  commodity text,
  currency text not null,
  unit text not null,
  cells_pkey PRIMARY KEY (id)
);

table statistics.checklists with (fillfactor=90) (
  id uuid not null,
  run uuid not null,
  month date not null,
  declarant text not null,
  released timestamp with time zone not null,
  rule text,
  summary uuid,
  reason text,
  entry smallint not null,
  checklists_check CHECK (((summary IS NULL) = (reason IS NOT NULL))),
  checklists_pkey PRIMARY KEY (id)
);
CREATE INDEX checklists_alone ON statistics.checklists USING btree (month, id) WHERE (summary IS NULL);

table statistics.corrections (
  id uuid not null,
  entry smallint not null,
  period date not null,
  at timestamp with time zone not null,
  ground text not null,
  corrections_pkey PRIMARY KEY (id, entry)
);

table statistics.figures with (fillfactor=70) (
  period date not null,
  cell uuid not null,
  items bigint not null,
  checklists bigint not null,
  value_minor numeric not null,
  quantity numeric not null,
  net_weight numeric not null,
  gross_weight numeric not null,
  figures_pkey PRIMARY KEY (period, cell)
);

table statistics.pending (
  id uuid not null,
  declarant text not null,
  month date not null,
  released timestamp with time zone not null,
  pending_pkey PRIMARY KEY (id)
);
CREATE INDEX pending_month ON statistics.pending USING btree (month);

table statistics.periods (
  period date not null,
  published timestamp with time zone,
  changed boolean not null,
  periods_pkey PRIMARY KEY (period)
);

table statistics.published (
  period date not null,
  movement text not null,
  breakdown text not null,
  key text not null,
  checklists bigint,
  items bigint,
  value_minor numeric,
  net_weight numeric,
  published_breakdown_check CHECK ((breakdown = ANY (ARRAY['all'::text, 'country'::text, 'chapter'::text, 'route'::text]))),
  published_check CHECK ((num_nulls(checklists, items, value_minor, net_weight) = ANY (ARRAY[0, 4]))),
  published_pkey PRIMARY KEY (period, movement, breakdown, key)
);

table statistics.ranges (
  run uuid not null,
  low uuid not null,
  high uuid not null,
  checklists integer,
  ranges_pkey PRIMARY KEY (run, low)
);
CREATE INDEX ranges_open ON statistics.ranges USING btree (run, low) WHERE (checklists IS NULL);

table statistics.runs (
  id uuid not null,
  month date not null,
  declarant text,
  epoch bigint not null,
  started timestamp with time zone not null,
  asked timestamp with time zone not null default clock_timestamp(),
  started_by text not null,
  state text not null,
  ended timestamp with time zone,
  runs_check CHECK (((state = ANY (ARRAY['planning'::text, 'running'::text])) = (ended IS NULL))),
  runs_state_check CHECK ((state = ANY (ARRAY['planning'::text, 'running'::text, 'done'::text, 'failed'::text]))),
  runs_pkey PRIMARY KEY (id)
);
CREATE INDEX runs_month ON statistics.runs USING btree (month, id);
CREATE INDEX runs_open ON statistics.runs USING btree (id) WHERE (ended IS NULL);

table statistics.summaries (
  id uuid not null,
  run uuid not null,
  month date not null,
  declarant text not null,
  rule text not null,
  movement text not null,
  head text not null,
  filed timestamp with time zone,
  summaries_pkey PRIMARY KEY (id)
);
CREATE INDEX summaries_declarant ON statistics.summaries USING btree (declarant, month, id);
CREATE INDEX summaries_month ON statistics.summaries USING btree (month, declarant, id);
CREATE INDEX summaries_run ON statistics.summaries USING btree (run) WHERE (filed IS NULL);

table statistics.summary_lines with (fillfactor=70) (
  id uuid not null,
  summary uuid not null,
  number integer,
  commodity text,
  origin text,
  currency text not null,
  unit text not null,
  items bigint not null,
  checklists bigint not null,
  value_minor numeric not null,
  quantity numeric not null,
  net_weight numeric not null,
  gross_weight numeric not null,
  summary_lines_pkey PRIMARY KEY (id)
);
CREATE INDEX summary_lines_summary ON statistics.summary_lines USING btree (summary, number);

table trade.calendars (
  hash bytea not null,
  person text not null,
  party text not null,
  made timestamp with time zone not null,
  calendars_hash_check CHECK ((length(hash) = 32)),
  calendars_pkey PRIMARY KEY (hash),
  calendars_person_key UNIQUE (person)
);

table trade.events with (fillfactor=90) (
  party text not null,
  event text not null,
  id uuid not null,
  step text not null,
  kind text not null,
  sender text not null,
  number text not null,
  at timestamp with time zone not null,
  zone text not null,
  place text,
  currency text,
  minor bigint,
  expected timestamp with time zone,
  simulated boolean not null,
  received timestamp with time zone not null,
  body text not null,
  joined boolean not null default false,
  events_kind_check CHECK ((kind = ANY (ARRAY['barcode'::text, 'waybill'::text, 'order'::text]))),
  events_pkey PRIMARY KEY (party, event),
  events_id_key UNIQUE (id)
);
CREATE INDEX events_waiting ON trade.events USING btree (kind, number) WHERE (NOT joined);

table trade.joined (
  parcel uuid not null,
  event uuid not null,
  differs boolean not null,
  joined_pkey PRIMARY KEY (parcel, event)
);

table trade.parcels with (fillfactor=80) (
  parcel uuid not null,
  parties text[] not null,
  goods_step text,
  goods_event uuid,
  money_step text,
  money_event uuid,
  expected timestamp with time zone,
  differs boolean not null,
  changed timestamp with time zone not null default clock_timestamp(),
  parcels_pkey PRIMARY KEY (parcel)
);
CREATE INDEX parcels_changed ON trade.parcels USING btree (changed);
CREATE INDEX parcels_parties ON trade.parcels USING gin (parties);

table transparency.segments (
  number bigint not null,
  first_tx xid8 not null,
  first_seq bigint not null,
  last_tx xid8 not null,
  last_seq bigint not null,
  entries integer not null,
  root bytea not null,
  sealed timestamp with time zone not null,
  hash bytea not null,
  segments_entries_check CHECK ((entries > 0)),
  segments_hash_check CHECK ((octet_length(hash) = 32)),
  segments_number_check CHECK ((number >= 0)),
  segments_root_check CHECK ((octet_length(root) = 32)),
  segments_pkey PRIMARY KEY (number)
);

table treasury.bill_lines (
  bill uuid not null,
  id uuid not null,
  bill_lines_bill_fkey FOREIGN KEY (bill) REFERENCES treasury.bills(id),
  bill_lines_pkey PRIMARY KEY (bill, id)
);
CREATE INDEX bill_lines_parcel ON treasury.bill_lines USING btree (id);

table treasury.bills (
  id uuid not null,
  payer text not null,
  guarantor text not null,
  currency text not null,
  from_day date not null,
  until_day date not null,
  state text not null,
  amount bigint,
  issued timestamp with time zone,
  due date,
  source text,
  overdue timestamp with time zone,
  settled timestamp with time zone,
  bills_amount_check CHECK ((amount >= 0)),
  bills_check CHECK ((until_day > from_day)),
  bills_issued CHECK ((((state = 'collecting'::text) = (issued IS NULL)) AND ((issued IS NULL) = (due IS NULL)))),
  bills_state_check CHECK ((state = ANY (ARRAY['collecting'::text, 'open'::text, 'called'::text, 'settled'::text]))),
  bills_pkey PRIMARY KEY (id)
);
CREATE INDEX bills_guarantor ON treasury.bills USING btree (guarantor, id DESC);
CREATE INDEX bills_payer ON treasury.bills USING btree (payer, id DESC);
CREATE INDEX bills_running ON treasury.bills USING btree (state, id) WHERE (state <> 'settled'::text);
CREATE UNIQUE INDEX bills_collecting ON treasury.bills USING btree (payer, guarantor, currency, from_day) WHERE (state = 'collecting'::text);

view treasury.movements (
   SELECT p.id::text AS id,
    p.bank,
    p.currency,
    p.amount,
    p.answered AS at,
    'payment'::text AS kind,
    p.notice::text AS subject
   FROM treasury.payments p
  WHERE p.whole IS NULL AND (p.state = ANY (ARRAY['paid'::text, 'refunded'::text]))
UNION ALL
 SELECT o.id::text AS id,
    o.bank,
    o.currency,
    o.amount,
    o.answered AS at,
    o.purpose AS kind,
    o.subject
   FROM treasury.orders o
  WHERE o.state = 'paid'::text
UNION ALL
 SELECT r.id,
    r.bank,
    r.currency,
    - r.amount AS amount,
    r.made AS at,
    'refund'::text AS kind,
    r.notice::text AS subject
   FROM treasury.refunds r;
);

table treasury.notices with (fillfactor=80) (
  id uuid not null,
  version smallint not null,
  payer text not null,
  guarantor text,
  currency text not null,
  amount bigint not null,
  state text not null,
  was text,
  refund bigint not null default 0,
  charges text not null,
  issued timestamp with time zone not null,
  settled timestamp with time zone,
  about text,
  notices_about_check CHECK ((about = 'service'::text)),
  notices_sound CHECK (((amount >= 0) AND (refund >= 0) AND (state = ANY (ARRAY['secured'::text, 'due'::text, 'paid'::text, 'cancelled'::text, 'refunded'::text])) AND ((state <> 'secured'::text) OR (guarantor IS NOT NULL)))),
  notices_pkey PRIMARY KEY (id, version)
);
CREATE INDEX notices_due ON treasury.notices USING btree (id) WHERE (state = 'due'::text);
CREATE INDEX notices_guarantor ON treasury.notices USING btree (guarantor, id DESC) WHERE (guarantor IS NOT NULL);
CREATE INDEX notices_payer ON treasury.notices USING btree (payer, id DESC);
CREATE INDEX notices_refund ON treasury.notices USING btree (id) WHERE (refund > 0);

table treasury.orders (
  id uuid not null,
  purpose text not null,
  subject text not null,
  party text not null,
  actor text not null,
  method text not null,
  reference text not null,
  currency text not null,
  amount bigint not null,
  state text not null,
  bank text,
  simulated boolean,
  asked timestamp with time zone not null,
  answered timestamp with time zone,
  orders_amount_check CHECK ((amount > 0)),
  orders_purpose_check CHECK ((purpose = ANY (ARRAY['bill'::text, 'top-up'::text]))),
  orders_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'paid'::text, 'refused'::text]))),
  orders_pkey PRIMARY KEY (id)
);
CREATE INDEX orders_answered ON treasury.orders USING btree (answered) WHERE (state = 'paid'::text);
CREATE INDEX orders_asked ON treasury.orders USING btree (asked) WHERE (state = 'asked'::text);
CREATE INDEX orders_bank ON treasury.orders USING btree (bank) WHERE (bank IS NOT NULL);
CREATE INDEX orders_subject ON treasury.orders USING btree (purpose, subject, id DESC);
CREATE UNIQUE INDEX orders_reference ON treasury.orders USING btree (purpose, subject, party, reference) WHERE (state <> 'refused'::text);
CREATE UNIQUE INDEX orders_running ON treasury.orders USING btree (subject) WHERE ((purpose = 'bill'::text) AND (state = 'asked'::text));

table treasury.payments (
  id uuid not null,
  notice uuid not null,
  version smallint not null,
  party text not null,
  actor text not null,
  method text not null,
  reference text not null,
  currency text not null,
  amount bigint not null,
  state text not null,
  bank text,
  simulated boolean,
  refunded bigint not null default 0,
  asked timestamp with time zone not null,
  answered timestamp with time zone,
  whole uuid,
  payments_amount_check CHECK ((amount > 0)),
  payments_check CHECK (((refunded >= 0) AND (refunded <= amount))),
  payments_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'paid'::text, 'refused'::text, 'refunded'::text]))),
  payments_notice_version_fkey FOREIGN KEY (notice, version) REFERENCES treasury.notices(id, version),
  payments_whole_fkey FOREIGN KEY (whole) REFERENCES treasury.orders(id),
  payments_pkey PRIMARY KEY (id)
);
CREATE INDEX payments_answered ON treasury.payments USING btree (answered) WHERE ((whole IS NULL) AND (state = ANY (ARRAY['paid'::text, 'refunded'::text])));
CREATE INDEX payments_asked ON treasury.payments USING btree (asked) WHERE (state = 'asked'::text);
CREATE INDEX payments_bank ON treasury.payments USING btree (bank) WHERE ((whole IS NULL) AND (bank IS NOT NULL));
CREATE INDEX payments_notice ON treasury.payments USING btree (notice);
CREATE INDEX payments_whole ON treasury.payments USING btree (whole) WHERE (whole IS NOT NULL);
CREATE UNIQUE INDEX payments_once ON treasury.payments USING btree (notice, version) WHERE (state = ANY (ARRAY['asked'::text, 'paid'::text]));

table treasury.refunds (
  id text not null,
  payment uuid not null,
  notice uuid not null,
  version smallint not null,
  party text not null,
  method text not null,
  currency text not null,
  amount bigint not null,
  bank text not null,
  simulated boolean not null,
  made timestamp with time zone not null,
  refunds_amount_check CHECK ((amount > 0)),
  refunds_payment_fkey FOREIGN KEY (payment) REFERENCES treasury.payments(id),
  refunds_pkey PRIMARY KEY (id)
);
CREATE INDEX refunds_bank ON treasury.refunds USING btree (bank);
CREATE INDEX refunds_made ON treasury.refunds USING btree (made);
CREATE INDEX refunds_party ON treasury.refunds USING btree (party, made DESC);

table treasury.statement_lines (
  statement uuid not null,
  number integer not null,
  booked date not null,
  bank text not null,
  reference text not null,
  currency text not null,
  amount bigint not null,
  verdict text not null,
  movement text,
  statement_lines_matched CHECK (((verdict <> 'matched'::text) OR (movement IS NOT NULL))),
  statement_lines_verdict_check CHECK ((verdict = ANY (ARRAY['matched'::text, 'unknown'::text, 'doubled'::text, 'partial'::text, 'over'::text, 'other-currency'::text, 'reversed'::text]))),
  statement_lines_statement_fkey FOREIGN KEY (statement) REFERENCES treasury.statements(id),
  statement_lines_pkey PRIMARY KEY (statement, number)
);
CREATE INDEX statement_lines_movement ON treasury.statement_lines USING btree (movement) WHERE (movement IS NOT NULL);
CREATE UNIQUE INDEX statement_lines_once ON treasury.statement_lines USING btree (movement) WHERE (verdict = 'matched'::text);

table treasury.statements (
  id uuid not null,
  sha256 bytea not null,
  number text not null,
  format text not null,
  account text not null,
  currency text not null,
  from_day date not null,
  until_day date not null,
  opening bigint,
  closing bigint,
  received timestamp with time zone not null,
  actor text not null,
  authority text not null,
  statements_format_check CHECK ((format = ANY (ARRAY['camt.053'::text, 'csv'::text]))),
  statements_pkey PRIMARY KEY (id),
  statements_sha256_key UNIQUE (sha256)
);
CREATE INDEX statements_account ON treasury.statements USING btree (account, from_day DESC);

function accounts.change(hold_id uuid, hold_kind text, new_amount bigint, new_ceiling bigint DEFAULT NULL::bigint) returns TABLE(granted boolean, used bigint, reason text), plpgsql;
function accounts.claim(ordinals integer[], hold_ids uuid[], kinds text[], owners text[], periods text[], units text[], amounts bigint[], ceilings bigint[], at timestamp with time zone DEFAULT clock_timestamp()) returns TABLE(ordinal integer, granted boolean, used bigint, reason text), plpgsql;
function accounts.consume(hold_ids uuid[], kinds text[]) returns TABLE(hold uuid, kind text, amount bigint), sql;
function accounts.draw(kinds text[], owners text[], periods text[], units text[], amounts bigint[], ceilings bigint[]) returns TABLE(account bigint, kind text, owner text, period text, used bigint), plpgsql;
function accounts.draw_back(ids bigint[], amounts bigint[]) returns void, plpgsql;
function accounts.free(hold_ids uuid[], kinds text[]) returns TABLE(hold uuid, kind text, amount bigint), sql;
function accounts.hold_all(kinds text[], owners text[], periods text[], units text[], amounts bigint[], ceilings bigint[], hold_ids uuid[], places integer[], hold_amounts bigint[], befores bigint[], ats timestamp with time zone[]) returns void, plpgsql;
function accounts.raise(kinds text[], owners text[], periods text[], units text[], amounts bigint[]) returns TABLE(kind text, owner text, period text, unit text, ceiling bigint, reserved bigint, consumed bigint), plpgsql;
function accounts.reserve_again(hold_ids uuid[], kinds text[]) returns TABLE(hold uuid, kind text, amount bigint, granted boolean), plpgsql;
function accounts.restore(hold_ids uuid[], kinds text[], amounts bigint[]) returns TABLE(hold uuid, kind text, amount bigint), sql;
function accounts.settle(what text, hold_ids uuid[], kinds text[], amounts bigint[]) returns TABLE(hold uuid, kind text, amount bigint), plpgsql;
function cases.act(ids uuid[], stamps integer[], move_names text[], by text, actor text, authority text, grounds text[] DEFAULT NULL::text[], reasons text[] DEFAULT NULL::text[], remedies text[] DEFAULT NULL::text[], details text[] DEFAULT NULL::text[], notes text[] DEFAULT NULL::text[], at timestamp with time zone DEFAULT clock_timestamp(), journal_at timestamp with time zone DEFAULT clock_timestamp(), seeded boolean DEFAULT false) returns TABLE(id uuid, moved boolean, refusal text, from_state text, to_state text, number integer), plpgsql;
function cases.fall(case_ids uuid[], names text[], at timestamp with time zone, journal_at timestamp with time zone DEFAULT clock_timestamp()) returns TABLE(case_id uuid, name text), plpgsql;
function cases.open(ids uuid[], procedure_name text, procedure_version integer, subjects uuid[], desks text[], parties text[], facts text[], actor text, at timestamp with time zone DEFAULT clock_timestamp(), journal_at timestamp with time zone DEFAULT clock_timestamp(), seeded boolean DEFAULT false) returns TABLE(id uuid), plpgsql;
function cases.record(ids uuid[], move_names text[], to_states text[], undone integer[], actor text, authority text, grounds text[], reasons text[], remedies text[], details text[], notes text[], at timestamp with time zone, journal_at timestamp with time zone, seeded boolean) returns TABLE(id uuid, from_state text, to_state text, number integer), plpgsql;
function cases.turn_clocks(case_ids uuid[], left_states text[], numbers integer[], at timestamp with time zone, reversal boolean) returns void, plpgsql;
function clearance.ensure_day(day date) returns void, plpgsql;
function clearance.piece_left(piece text) returns timestamp with time zone, sql;
function commodity.stem(language text, word text) returns text, sql;
function commodity.term(language text, first text, second text) returns text, sql;
function feedback.drop_before(day date) returns integer, plpgsql;
function feedback.ensure_day(day date) returns void, plpgsql;
function feedback.first_number(day date) returns bigint, sql;
function feedback.keep(parties text[], ids uuid[], kinds text[], parcels uuid[], ats timestamp with time zone[], places text[], data text[], seeded boolean[]) returns void, plpgsql;
function feedback.restored() returns void, sql;
function platform.append(kinds text[], subjects uuid[], data text[], at timestamp with time zone DEFAULT clock_timestamp(), seeded boolean DEFAULT false) returns void, plpgsql;
function platform.continue_numbering() returns bigint, plpgsql;
function platform.horizon() returns xid8, sql;
function platform.is_ahead() returns boolean, sql;
function platform.is_untouched() returns boolean, sql;
function platform.last_entries(kinds text[]) returns TABLE(subject uuid, at timestamp with time zone, kind text, data jsonb), sql;
function platform.last_number() returns bigint, sql;
function treasury.cancel(ids uuid[], at timestamp with time zone) returns void, plpgsql;
function treasury.paid(parcel uuid) returns bigint, sql;
function treasury.reinstate(ids uuid[], guaranteed boolean[]) returns void, plpgsql;
function treasury.reissue(parcel uuid, new_version smallint, new_payer text, new_guarantor text, new_currency text, owed bigint, new_charges text, secured boolean, issued timestamp with time zone) returns void, plpgsql;
function treasury.secure(ids uuid[], guarantors text[], at timestamp with time zone DEFAULT clock_timestamp()) returns TABLE(id uuid, secured boolean), plpgsql;
function treasury.settled(ids uuid[]) returns TABLE(id uuid, settled boolean), sql;
function treasury.standing(of_bill uuid) returns TABLE(id uuid, version smallint, amount bigint, state text, charges text), sql;
