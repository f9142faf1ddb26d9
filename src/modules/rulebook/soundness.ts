import type { Day } from '#kernel/effective.ts';
import { isJson } from './facts.ts';
import { type LayerFiles, overlay, overlayObject, type Placed } from './layers.ts';
import type { Program, Provenance } from './pack.ts';
import type { Problems } from './problems.ts';
import type { PackShape, TopicName, Topics } from './schema.ts';

/**
 * What a pack must satisfy when its shapes and names are right: no two rules for one day, no base that stands on
 * itself, no leaf against its parent, and nothing unconfirmed in a pack that calls itself reviewed.
 */
export function checkSoundness(
  layers: readonly LayerFiles[],
  head: PackShape,
  program: Program,
  problems: Problems,
): void {
  for (const [file, rules] of ruledTopics) overlapping(overlay(layers, file, rules), problems);
  rowsOverlapping(program, problems);
  standingOnThemselves(layers, problems);
  layers.forEach((layer, depth) => contradicting(layers.slice(0, depth), layer, problems));
  const leaf = layers.at(-1);
  checkStatus(head, program, `${leaf?.source.id}/pack.json`, problems);
  if (head.status === 'reviewed' && leaf !== undefined) seenThemselves(leaf, problems);
}

/** Who says of a law that he read it says where and when, before anybody relies on it. */
function seenThemselves({ source: { id }, topics }: LayerFiles, problems: Problems): void {
  for (const [law, { grade, url, seen }] of Object.entries(topics['sources.json'] ?? {})) {
    if (grade !== 'primary' || (url !== null && seen !== null)) continue;
    const absent = url === null ? 'url' : 'seen';
    problems.add(
      `${id}/sources.json`,
      `/${law}/${absent}`,
      `the law was read, but nothing says ${absent === 'url' ? 'where' : 'when'}`,
      'give the url of the authority’s own text and the day on which you saw it, or another grade',
    );
  }
}

/** What a rule says of when and where it holds, as far as its topic knows it. */
interface Ruled {
  readonly id: string;
  readonly from: string;
  readonly until?: string | undefined;
  readonly open?: true | undefined;
  readonly routes?: readonly string[] | undefined;
  readonly movement?: string;
  readonly scope?: string | undefined;
  readonly applies?: unknown;
  readonly when?: unknown;
}

/** The topics whose rules have days. */
const ruledTopics: readonly (readonly [TopicName, (topics: Topics) => readonly Ruled[] | undefined])[] = [
  ['routes.json', (topics) => topics['routes.json']],
  ['charges.json', (topics) => topics['charges.json']],
  ['checks.json', (topics) => topics['checks.json']],
  ['slips.json', (topics) => topics['slips.json']?.match.map((one) => ({ ...one, id: one.field }))],
  ['obligations.json', (topics) => topics['obligations.json']],
  ['aggregation.json', (topics) => topics['aggregation.json']],
  ['deadlines.json', (topics) => topics['deadlines.json']],
  ['accounts.json', (topics) => topics['accounts.json']],
];

/** What tells the versions of one rule apart beside their days and routes. */
const versionOf = ({ id, movement, scope, applies, when }: Ruled): string =>
  JSON.stringify([id, movement, scope, applies, when]);

const sameDays = (a: Pick<Ruled, 'from' | 'until'>, b: Pick<Ruled, 'from' | 'until'>): boolean =>
  (b.until === undefined || a.from < b.until) && (a.until === undefined || b.from < a.until);

const sameRoutes = (a: Ruled, b: Ruled): boolean =>
  a.routes === undefined || b.routes === undefined || a.routes.some((one) => b.routes?.includes(one));

/** Two versions of one rule that are law on one day for the same parcels: it would be raised or asked twice. */
function overlapping(rules: readonly Placed<Ruled>[], problems: Problems): void {
  for (const group of Map.groupBy(rules, ({ entry }) => versionOf(entry)).values()) {
    group.forEach((later, index) => {
      const earlier = group
        .slice(0, index)
        .find((one) => sameDays(one.entry, later.entry) && sameRoutes(one.entry, later.entry));
      if (earlier === undefined) return;
      problems.add(
        later.file,
        `${later.pointer}/from`,
        `${later.entry.id} is stated twice for the same days; the other one begins on ${earlier.entry.from}`,
        'end the earlier one with `until` on the day on which this one begins, or give them different routes or `when`',
      );
    });
  }
}

function rowsOverlapping(program: Program, problems: Problems): void {
  for (const { rows } of program.tables.values()) {
    for (const group of Map.groupBy(rows, ({ key }) => key).values()) {
      if (group.length === 1) continue;
      const inOrder = group.toSorted((a, b) => (a.from < b.from ? -1 : 1));
      inOrder.forEach(({ key, from, place }, index) => {
        const before = inOrder[index - 1];
        if (before === undefined || (before.until !== undefined && before.until <= from)) return;
        problems.add(
          place.file,
          place.pointer,
          `two rows of ${key} overlap: the other one is law from ${before.from} until ${before.until ?? 'further notice'}`,
          'end the earlier row with `until` on the day on which the later one begins',
        );
      });
    }
  }
}

/** The names of a kind that a term asks for, at any depth. */
function asked(term: unknown, kind: 'amount' | 'charge'): string[] {
  if (Array.isArray(term)) return term.flatMap((one) => asked(one, kind));
  if (!isJson(term)) return [];
  const own = term[kind];
  return [...(typeof own === 'string' ? [own] : []), ...Object.values(term).flatMap((one) => asked(one, kind))];
}

/** Amounts and charges whose bases go round in a circle: then none of them can be worked out first. */
function standingOnThemselves(layers: readonly LayerFiles[], problems: Problems): void {
  const amounts = overlayObject(layers, 'amounts.json', (topics) => topics['amounts.json']);
  const charges = overlay(layers, 'charges.json', (topics) => topics['charges.json']);
  const nodes = [
    ...amounts.map((placed) => ({ placed, name: `amount ${placed.entry.id}`, term: placed.entry.rule.amount })),
    ...charges.map((placed) => {
      const { id, base, rate, amount, when } = placed.entry;
      return { placed, name: `charge ${id}`, term: [base, rate, amount, when] };
    }),
  ];
  const edges = Map.groupBy(nodes, ({ name }) => name);
  const standsOn = (name: string): string[] =>
    (edges.get(name) ?? []).flatMap(({ term }) => [
      ...asked(term, 'amount').map((one) => `amount ${one}`),
      ...asked(term, 'charge').map((one) => `charge ${one}`),
    ]);
  const done = new Set<string>();
  const told = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    const start = path.indexOf(name);
    if (start >= 0) {
      const circle = [...path.slice(start), name];
      const at = edges.get(circle[0]!)?.[0]?.placed;
      const members = circle.slice(1).toSorted().join();
      if (at !== undefined && !told.has(members))
        problems.add(
          at.file,
          at.pointer,
          `it stands on itself: ${circle.join(' → ')}`,
          'one of them must be worked out without the other; a charge inside its own base is a division, as in V/(1-c)',
        );
      told.add(members);
      return;
    }
    if (done.has(name)) return;
    for (const next of standsOn(name)) visit(next, [...path, name]);
    done.add(name);
  };
  for (const { name } of nodes) visit(name, []);
}

/** Every rule of a layer by topic and id, with what a leaf must keep of it when it may replace it. */
function statedBy(layer: LayerFiles): Map<string, { file: string; pointer: string; open: boolean; keeps: string }> {
  const stated = new Map<string, { file: string; pointer: string; open: boolean; keeps: string }>();
  const add = (file: TopicName, id: string, pointer: string, open: true | undefined, keeps: unknown): void => {
    const name = `${file} ${id}`;
    const before = stated.get(name);
    stated.set(name, {
      file: `${layer.source.id}/${file}`,
      pointer: before?.pointer ?? pointer,
      open: open === true || before?.open === true,
      keeps: JSON.stringify(keeps),
    });
  };
  for (const [id, { open, unit }] of Object.entries(layer.topics['values.json'] ?? {}))
    add('values.json', id, `/${id}`, open, { unit });
  for (const [id, { open, key, match, columns }] of Object.entries(layer.topics['tables.json'] ?? {}))
    add('tables.json', id, `/${id}`, open, { key, match, columns });
  for (const [id, { open, scope = 'head' }] of Object.entries(layer.topics['amounts.json'] ?? {}))
    add('amounts.json', id, `/${id}`, open, { scope });
  for (const [file, rules] of ruledTopics)
    (rules(layer.topics) ?? []).forEach((rule, index) =>
      add(file, rule.id, `/${index}`, rule.open, rule.movement === undefined ? {} : { movement: rule.movement }),
    );
  return stated;
}

/** A leaf may add to its parent's law, and replace what the parent leaves open; anything else contradicts it. */
function contradicting(parents: readonly LayerFiles[], leaf: LayerFiles, problems: Problems): void {
  if (parents.length === 0) return;
  for (const [name, own] of statedBy(leaf)) {
    const parent = parents.toReversed().find((layer) => statedBy(layer).has(name));
    const theirs = parent === undefined ? undefined : statedBy(parent).get(name);
    if (parent === undefined || theirs === undefined) continue;
    const [, id] = name.split(' ');
    if (!theirs.open)
      problems.add(
        own.file,
        own.pointer,
        `${id} contradicts the law of ${parent.source.id}, which binds every pack that stands on it`,
        `take it away, or let ${theirs.file} say "open": true where its law leaves the matter to its members`,
      );
    else if (own.keeps !== theirs.keeps)
      problems.add(
        own.file,
        own.pointer,
        `${id} measures something else than in ${parent.source.id}: ${own.keeps} instead of ${theirs.keeps}`,
        `write ${theirs.keeps}, or give the rule a name of its own`,
      );
  }
}

/** A pack with anything in force that its authority's own text has not confirmed says so in its status. */
function checkStatus(head: PackShape, program: Program, file: string, problems: Problems): void {
  if (head.status !== 'reviewed') return;
  if (head.reviewed === undefined)
    problems.add(
      file,
      '/status',
      'a reviewed pack names who reviewed it and when',
      'add "reviewed": { "by": name, "on": day }',
    );
  const lasts = (one: Provenance & { until?: Day | undefined }): boolean => !one.confirmed && one.until === undefined;
  const values = [...program.values.values()].map((one) => one.rows.findLast((row) => !row.announced));
  const rows = [...program.tables.values()].flatMap((one) => one.rows);
  const ruled = [
    program.amounts,
    program.routes,
    program.charges,
    program.checks,
    program.matches,
    program.obligations,
    program.deadlines,
    program.accounts,
    program.categories,
    [...program.zones.values()],
    program.exchange === null ? [] : [program.exchange],
  ];
  const unconfirmed = [...values.filter((one) => one !== undefined), ...rows, ...ruled.flat()].filter(lasts);
  if (unconfirmed.length === 0) return;
  const names = [...new Set(unconfirmed.map((one) => one.id))];
  problems.add(
    file,
    '/status',
    `not confirmed, so the pack stays draft: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ' …' : ''}`,
    'read the law itself and say so in sources.json (grade primary, url, seen), or write "status": "draft"',
  );
}
