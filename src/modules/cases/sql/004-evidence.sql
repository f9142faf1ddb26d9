-- What somebody brings into a case is a move that every procedure has, of those that stand here already as well.

insert into cases.procedure_moves (procedure, version, move, froms, to_state, by, decision)
select procedure, version, 'evidence', froms, to_state, by, false from cases.procedure_moves where move = 'claim';
