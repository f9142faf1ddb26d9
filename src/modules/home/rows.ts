import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

/** The list of what the report describes, and where each part of it can be tested and seen. */
export const rowsFile = new URL('../../../docs/rows.json', import.meta.url);

const closed = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const text = Type.String({ minLength: 1 });

const Place = Type.Union([
  closed({ page: Type.String({ pattern: '^/' }), person: Type.Optional(text), stop: Type.Optional(text) }),
  closed({ command: text }),
]);

const Clause = closed({
  text,
  /** `file › name of the test`, or null until one exists. */
  test: Type.Union([Type.String({ pattern: '^[a-z].*\\.test\\.ts › .+$' }), Type.Null()]),
  place: Type.Union([Place, Type.Null()]),
});

const Rows = Type.Record(
  Type.String({ pattern: '^S[0-9]{2}$' }),
  closed({
    kind: Type.Union([Type.Literal('software'), Type.Literal('simulated'), Type.Literal('programme')]),
    clauses: Type.Array(Clause, { minItems: 1 }),
  }),
);

const schema = Compile(Rows);

export type Clause = Static<typeof Clause>;

/** One row of the report: S01 to S98. */
export interface Row {
  readonly name: string;
  readonly number: number;
  readonly kind: 'software' | 'simulated' | 'programme';
  readonly clauses: readonly Clause[];
}

/** The report's chapters and the rows that belong to each. */
export const chapters = [
  { id: 'overview', first: 1, last: 9 },
  { id: 'window', first: 10, last: 30 },
  { id: 'zones', first: 31, last: 41 },
  { id: 'paperless', first: 42, last: 57 },
  { id: 'capacity', first: 58, last: 66 },
  { id: 'consumers', first: 67, last: 71 },
  { id: 'property', first: 72, last: 80 },
  { id: 'disputes', first: 81, last: 85 },
  { id: 'platforms', first: 86, last: 89 },
  { id: 'recommendations', first: 90, last: 98 },
] as const;

/** Reads the list; throws on a shape that is not its own. */
export function readRows(json: string): Row[] {
  const value: unknown = JSON.parse(json);
  if (!schema.Check(value))
    throw new Error(`docs/rows.json: ${schema.Errors(value)[0]?.instancePath ?? ''} does not fit`);
  return Object.entries(value)
    .map(([name, row]) => ({ name, number: Number(name.slice(1)), ...row }))
    .sort((a, b) => a.number - b.number);
}

/** The name of the test that goes to a clause's place. */
export const placeName = ({ name }: Row, clause: number): string =>
  `the place of ${name}, clause ${clause + 1}, answers`;
