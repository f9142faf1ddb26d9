import { hash } from 'node:crypto';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { append } from '#platform/journal.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import type { Who } from '#modules/slips/index.ts';
import { cebUri } from './ceb-fields.ts';
import { type CebMessage, readCeb } from './ceb-read.ts';
import type { MessageView, NodeOutcome } from './model.ts';
import { handNodes } from './hand.ts';
import * as store from './store.ts';
import { readXml, type XmlDocument } from '#platform/xml.ts';
import { type Schemas, schemasIn } from './xsd.ts';

const loaded = new WeakMap<Context, Schemas>();

/** The official schemas of this window, read when the first message comes. */
function schemasOf(context: Context): Schemas {
  let schemas = loaded.get(context);
  if (schemas === undefined) loaded.set(context, (schemas = schemasIn(context.config.schemas)));
  return schemas;
}

interface Understood {
  readonly message: CebMessage;
  readonly validated: boolean;
}

/** What a document is: of a kind that is read here, allowed by the official schema, and as our table describes it. */
function understand(context: Context, { root, bytes }: XmlDocument): Result<Understood> {
  const { uri, name, line } = root;
  if (uri !== cebUri || !/^CEB\d{3}Message$/.test(name)) {
    const params = { in: 'xml', line: String(line), kind: `{${uri}}${name}`.slice(0, 200) };
    return refuse('messages/kind-unknown', { pointer: `/${name}`.slice(0, 200), params });
  }
  const checked = schemasOf(context).check(uri, name, bytes);
  if (!checked.ok) return checked;
  const message = readCeb(root);
  return message.ok ? ok({ message: message.value, validated: checked.value }) : message;
}

const recordOf = (id: string, filer: string | null): RecordRef => ({
  kind: 'message',
  id,
  parties: filer === null ? {} : { filer: [filer] },
  desk: null,
});

/**
 * Takes a message: reads it while it comes, keeps its bytes, and hands each node to its door. The same message again is
 * answered as before; where a process ended half-way, the nodes go through their doors again, which know them.
 */
export async function receive(
  context: Context,
  who: Who,
  chunks: AsyncIterable<Buffer>,
): Promise<Result<Partial<MessageView>>> {
  const principal = await who();
  if (!principal.ok) return principal;
  const filer = principal.value.party;
  if (filer === null || !may(principal.value, 'message.send', recordOf('', filer))) return refuse('messages/not-yours');
  const document = await readXml(chunks, () => context.clock.now());
  if (!document.ok) return document;
  const { bytes } = document.value;
  const understood = understand(context, document.value);
  if (!understood.ok) return understood;
  const { message, validated } = understood.value;
  const fresh = {
    id: newId(context.clock.now()),
    filer,
    by: principal.value.subject,
    kind: message.name,
    guid: message.guid,
    received: context.clock.instant(),
    digest: hash('sha256', bytes, 'buffer'),
    validated,
  };
  const kept = await context.db.tx(async (tx) => {
    const found = await store.keepMessage(tx, fresh, bytes);
    const data = {
      kind: fresh.kind,
      filer,
      by: fresh.by,
      digest: fresh.digest.toString('hex'),
      nodes: message.nodes.length,
    };
    if (found.fresh) await append(tx, [{ kind: 'messages.received', subject: fresh.id, data }]);
    return found.row;
  });
  if (!kept.digest.equals(fresh.digest)) {
    const params = { in: 'xml', line: '1', id: kept.id };
    return refuse('messages/guid-replayed', { pointer: `/${message.name}/@guid`, params });
  }
  const row = kept.nodes === null ? await settle(context, who, principal.value, message, kept) : ok(kept);
  return row.ok ? ok(shown(principal.value, row.value)) : row;
}

async function settle(
  context: Context,
  who: Who,
  principal: Principal,
  message: CebMessage,
  row: store.MessageRow,
): Promise<Result<store.MessageRow>> {
  const { country } = context.reference.current().get(packsPart).home;
  const nodes = await handNodes(context, who, principal, message, country);
  if (!nodes.ok) return nodes;
  return ok({ ...row, nodes: await store.settleNodes(context.db, row.id, JSON.stringify(nodes.value)) });
}

const outcomesOf = (row: store.MessageRow): readonly NodeOutcome[] =>
  row.nodes === null ? [] : (JSON.parse(row.nodes) as NodeOutcome[]);

function shown(principal: Principal, row: store.MessageRow): Partial<MessageView> {
  const { id, kind, guid, received, validated, filer } = row;
  const data: MessageView = {
    id,
    kind,
    guid,
    received,
    sha256: row.digest.toString('hex'),
    validated,
    nodes: outcomesOf(row),
  };
  return view(principal, { ...recordOf(id, filer), data });
}

async function readable(context: Context, principal: Principal, id: string): Promise<Result<store.MessageRow>> {
  const row = await store.messageOf(context.db, id);
  if (row !== undefined && may(principal, 'message.read', recordOf(id, row.filer))) return ok(row);
  return refuse('messages/not-found', { pointer: '/id', params: { in: 'path' } });
}

/** A message with what became of each of its nodes, for its sender. */
export async function messageView(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<Partial<MessageView>>> {
  const row = await readable(context, principal, id);
  return row.ok ? ok(shown(principal, row.value)) : row;
}

/** A message exactly as it came, for its sender. */
export async function original(context: Context, principal: Principal, id: string): Promise<Result<Buffer>> {
  const row = await readable(context, principal, id);
  if (!row.ok) return row;
  return ok((await store.bytesOf(context.db, id))!);
}

/** What a message's receipts are made of, for its sender. */
export async function forReceipts(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<{ readonly row: store.MessageRow; readonly nodes: readonly NodeOutcome[] }>> {
  const row = await readable(context, principal, id);
  if (!row.ok) return row;
  if (row.value.nodes === null) return refuse('messages/unfinished');
  return ok({ row: row.value, nodes: outcomesOf(row.value) });
}
