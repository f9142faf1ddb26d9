-- Commodity help: an index of the nomenclature by words, what accepted goods taught it, and what was suggested to whom.
-- Nothing that decides reads any of it.

create extension if not exists pg_trgm;

-- What the index was made of: a digest, and how many subheadings are in it. One row.
create table commodity.stand (
  one boolean primary key default true check (one),
  mark text not null,
  subheadings int not null
);

create table commodity.subheadings (
  code text primary key check (code ~ '^[0-9]{6}$'),
  description text not null,
  -- Points for ordinary goods of a shop, that settle what is alike otherwise.
  prior real not null
);

-- How many subheadings a term speaks for. A term is a stem, or two of them with a space between.
create table commodity.terms (
  language text not null,
  term text not null,
  subheadings int not null,
  primary key (language, term)
);
create index terms_alike on commodity.terms using gin (term gin_trgm_ops) where position(' ' in term) = 0;

create table commodity.postings (
  language text not null,
  term text not null,
  code text not null,
  -- How strongly the term speaks for the code, from 0 to 1.
  weight real not null check (weight > 0 and weight <= 1),
  primary key (language, term, code)
);

-- Words for materials and the like in one language, by the terms of another that the nomenclature is written in.
create table commodity.aliases (
  language text not null,
  term text not null,
  means_language text not null,
  means text not null,
  primary key (language, term, means_language, means)
);

-- How often goods described with a term were released under a code.
create table commodity.learned (
  language text not null,
  term text not null,
  code text not null,
  times bigint not null check (times > 0),
  primary key (language, term, code)
);

-- A word as it is looked up: empty for a word that says nothing (the, le, في).
create function commodity.stem(language text, word text) returns text language sql stable as $$
  select case language
    when 'en' then coalesce((ts_lexize('english_stem', word))[1], '')
    when 'fr' then coalesce((ts_lexize('french_stem', word))[1], '')
    when 'ar' then coalesce((ts_lexize('arabic_stem', word))[1], '')
    else word end
$$;

create function commodity.term(language text, first text, second text) returns text language sql stable as $$
  select case when second is null then commodity.stem(language, first)
    when commodity.stem(language, first) = '' or commodity.stem(language, second) = '' then ''
    else commodity.stem(language, first) || ' ' || commodity.stem(language, second) end
$$;

-- What was suggested, apart from every decision, and what whoever asked chose of it.
create table commodity.suggestions (
  id uuid primary key,
  asked timestamptz not null,
  -- The party or authority that asked; null for the public.
  asked_by text,
  pack text not null,
  -- Of a hundred; null where the pack had no threshold.
  threshold int
);
create table commodity.lines (
  suggestion uuid not null references commodity.suggestions on delete cascade,
  line int not null,
  text text not null,
  language text not null,
  -- Codes with their scores, the best first: JSON text as it was answered.
  candidates text not null,
  person boolean not null,
  chosen text,
  chosen_at timestamptz,
  primary key (suggestion, line)
);
create index suggestions_asked on commodity.suggestions (asked);
