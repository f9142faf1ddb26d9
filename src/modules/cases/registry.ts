import { type CaseRow, faultsOf, type Move, type Procedure } from './model.ts';

const known = new Map<string, Map<number, Procedure>>();

/**
 * Makes procedures known to this process, every version that has open cases among them. Again with the same object is
 * the same; a fault in one, or another object under the same name and version, throws.
 */
export function registerProcedures(procedures: readonly Procedure[]): void {
  for (const procedure of procedures) {
    const faults = faultsOf(procedure);
    const title = `procedure ${procedure.name} version ${procedure.version}`;
    if (faults.length > 0) throw new Error(`${title}: ${faults.join('; ')}`);
    const versions = known.get(procedure.name) ?? new Map<number, Procedure>();
    const there = versions.get(procedure.version);
    if (there !== undefined && there !== procedure) throw new Error(`${title} is registered already`);
    versions.set(procedure.version, procedure);
    known.set(procedure.name, versions);
  }
}

/** Every registered procedure. */
export const registered = (): Procedure[] => [...known.values()].flatMap((versions) => [...versions.values()]);

/** A version of a procedure; throws when it is not registered, since its cases could not go on. */
export function procedureOf(name: string, version: number): Procedure {
  const procedure = known.get(name)?.get(version);
  if (procedure === undefined) throw new Error(`procedure ${name} version ${version} is not registered`);
  return procedure;
}

/** The version under which new cases are opened: the highest. */
export function latestOf(name: string): Procedure {
  const version = Math.max(...(known.get(name)?.keys() ?? []));
  return procedureOf(name, version);
}

/** A move of a case's procedure; undefined when it knows none of that name. */
export const moveOf = (one: { procedure: string; version: number }, name: string): Move | undefined =>
  procedureOf(one.procedure, one.version).moves.find((move) => move.name === name);

/** The steps that the procedure of a case knows. */
export const movesIn = (one: Pick<CaseRow, 'procedure' | 'version'>): readonly Move[] =>
  procedureOf(one.procedure, one.version).moves;

/** The procedures whose cases are work of a desk, by name. */
export const deskProcedures = (): string[] => [
  ...new Set(registered().flatMap(({ name, rights }) => (rights === undefined ? [name] : []))),
];
