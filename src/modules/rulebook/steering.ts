import { citedSource, type LayerFiles, sourceText } from './layers.ts';
import { meant, type Problems } from './problems.ts';

/** The body without which this law is not changed: its members are authorities, and so many of them approve. */
export interface Steering {
  readonly name: Readonly<Record<string, string>>;
  readonly members: readonly string[];
  readonly approvals: number;
  /** The law that sets it up, title and article in one text. */
  readonly source: string;
}

/** How businesses are let into the window: by which desk, which legal roles it approves, and within how many days. */
export interface RegistrationLaw {
  readonly desk: string;
  readonly approval: readonly string[];
  readonly days: number;
  /** The law that says so, title and article in one text. */
  readonly source: string;
}

/** What a steering body approves with where its pack does not say: the least that is more than one. */
const approvalsDefault = 2;

/**
 * The steering body that a pack names for itself. That of a parent is not asked: whoever steers a union does not steer
 * the law of its members.
 */
export function steeringOf(layers: readonly LayerFiles[], problems: Problems): Steering | null {
  const layer = layers.at(-1);
  const shape = layer?.topics['pack.json']?.steering;
  if (layer === undefined || shape === undefined) return null;
  const file = `${layer.source.id}/pack.json`;
  const { name, members, approvals = approvalsDefault } = shape;
  const authorities = new Set(
    layers.flatMap(({ topics }) => (topics['pack.json']?.authorities ?? []).map(({ id }) => id)),
  );
  for (const [index, member] of members.entries())
    if (!authorities.has(member))
      problems.add(file, `/steering/members/${index}`, `no authority is called ${member}`, meant(member, authorities));
  if (approvals > members.length)
    problems.add(
      file,
      '/steering/approvals',
      `it has ${members.length} members, and each approves once`,
      'ask for fewer approvals, or name more members',
    );
  const placed = { entry: shape, layer, file, pointer: '/steering' };
  return { name, members, approvals, source: sourceText(citedSource(layers, placed, shape.source, problems)) };
}

/** How a pack lets businesses in; that of the nearest layer that says so. */
export function registrationOf(layers: readonly LayerFiles[], problems: Problems): RegistrationLaw | null {
  const layer = layers.findLast(({ topics }) => topics['pack.json']?.registration !== undefined);
  const shape = layer?.topics['pack.json']?.registration;
  if (layer === undefined || shape === undefined) return null;
  const file = `${layer.source.id}/pack.json`;
  const desks = new Set(layers.flatMap(({ topics }) => topics['pack.json']?.desks ?? []));
  const { desk, approval, days } = shape;
  if (!desks.has(desk)) problems.add(file, '/registration/desk', `no desk is called ${desk}`, meant(desk, desks));
  const placed = { entry: shape, layer, file, pointer: '/registration' };
  return { desk, approval, days, source: sourceText(citedSource(layers, placed, shape.source, problems)) };
}
