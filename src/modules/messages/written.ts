import { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { slipView } from '#modules/slips/index.ts';
import type { Speech } from './fields.ts';
import { type Home, mapNode, valueAt } from './map.ts';
import type { NodeOutcome } from './model.ts';
import { said } from './say.ts';
import { finished, understand } from './service.ts';
import { type Element, readXml, type Written, writeXml } from '#platform/xml.ts';

/**
 * A message written again from what was understood of it: names, attributes and texts as they were read, and each field
 * that has a home from what the window keeps there. Where a home holds what the message said, in whatever spelling, the
 * message's own spelling stands; where a slip was corrected since, what that message said of it does.
 */
export async function writtenOf(context: Context, principal: Principal, id: string): Promise<Result<string>> {
  const found = await finished(context, principal, id);
  if (!found.ok) return found;
  const { row, nodes, bytes } = found.value;
  if (row.kind === 'CSV') return refuse('messages/not-written', { params: { kind: row.kind } });
  const document = await readXml(Readable.from([bytes]), () => 0);
  if (!document.ok) return document;
  const understood = understand(document.value.root, row.validated);
  if (!understood.ok) return understood;
  const { kind, nodes: read } = understood.value;
  const { country } = context.reference.current().get(packsPart).home;
  const texts = new Map<Element, string>();
  for (const [index, node] of read.entries()) {
    const outcome = nodes[index];
    const mapped = kind === null ? undefined : mapNode(kind, node, country);
    if (kind === null || outcome?.slip === undefined || mapped?.ok !== true) continue;
    const stored = await storedOf(context, principal, outcome);
    if (stored !== undefined) for (const home of mapped.value.places) differing(home, stored, kind.speech, texts);
  }
  return ok(writeXml(again(document.value.root, texts)));
}

/** What the slip says that a node became, as long as nothing took its place. */
async function storedOf(context: Context, principal: Principal, { slip }: NodeOutcome): Promise<unknown> {
  if (slip === undefined) return undefined;
  const standing = await slipView(context, principal, { kind: slip.slip, sender: slip.sender, number: slip.number });
  if (!standing.ok || standing.value.version !== slip.version) return undefined;
  return standing.value.content?.[slip.slip];
}

/** Notes the text of a field whose home holds something else than the field said. */
function differing(
  { placed, field, values }: Home,
  stored: unknown,
  speech: Speech,
  texts: Map<Element, string>,
): void {
  for (const [pointer, value] of values) {
    const kept = valueAt(stored, pointer);
    if (field === null || kept === undefined || isDeepStrictEqual(kept, value)) continue;
    const text = said(field, kept, speech);
    if (text !== undefined && placed.element !== undefined) texts.set(placed.element, text);
  }
}

const again = (element: Element, texts: ReadonlyMap<Element, string>): Written => ({
  ...element,
  text: texts.get(element) ?? element.text,
  elements: element.elements.map((one) => again(one, texts)),
});
