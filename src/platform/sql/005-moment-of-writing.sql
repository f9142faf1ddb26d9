-- An entry that says no moment of its own has that of its writing: a batch appends by COPY, which takes it from here.

alter table platform.journal alter column at set default clock_timestamp();
