import { cebKinds, type Field } from '#modules/messages/index.ts';

const head = `# Messages of other systems

What \`POST /v1/messages\` reads beside the window's own JSON, field by field, and the home of each field here. This file is
written by \`npm run golden\` from the tables by which the window itself reads and maps.

Send one message a request as \`application/xml\`, in UTF-8, of at most 8 MiB. It is kept exactly as it came
(\`GET /v1/messages/{id}/original\`), each of its nodes goes through the door that its content has here, under the rights of
whoever sends it, and the answer says for each node what became of it. The same message again is answered as before; another
one under the same guid is refused. \`GET /v1/messages/{id}/receipts\` gives the receipts in the message's own format, as they
stand at that moment.

- \`appStatus\` 1 (stored) is kept and not handed on; 2 (declared) is. \`appType\` 1 is new, 2 takes the place of what stands, 3
  (deletion) is refused with what to do instead.
- A field without a home is kept in the bytes and named in the node's \`homeless\`. What stands in a slip because the kind of
  message says so, and no field, is named in \`given\`.
- A country that the list of codes does not hold is left out and named; a currency or a direction refuses its node; a unit keeps
  the code that was sent. Nothing is guessed.
- Numbers lose zeros that say nothing. Times are read as UTC+8. Texts are Chinese unless their letters say otherwise.
- With \`PORTOLAN_SCHEMAS\` (see [operate.md](operate.md)) the official schema judges first and the answer says
  \`validated: true\`. Without it the tables below do: every field known, once, as text, and there where it has to be.
- Kinds of the same system that are not below are kept as they came, and nothing is done with them.

## Receipts

| \`returnStatus\` | when |
|---|---|
| 1 | the node was only stored |
| 120 | taken; of a checklist: it waits for the other slips |
| 399 | cleared, awaiting the goods; of a cancellation: done |
| 500 | under control |
| 800, 899 | released; has left supervision |
| 300 | cannot be decided |
| 100 | rejected, another route is required, or the declaration was taken back |
| 599 | denied, abandoned, unclaimed or over-landed |
| -1 | its door refused it: \`returnInfo\` carries the code and the field |

\`preNo\` and \`invtNo\`, where the message gave none, are the last eighteen characters of the window's own id.
`;

const shown = (home: string | null): string =>
  home === null ? '–' : home === 'message' ? 'the message' : `\`${home}\``;

const rowsOf = (fields: readonly Field[], base: string): string[] =>
  fields.map(({ name, optional, home, as, when }) => {
    const pointer = home === null || home === 'message' ? home : `${base}${home}`;
    const condition = when === null ? '' : `, where \`${when[0]}\` is ${when[1]}`;
    const reading = home === null || home === 'message' || as === 'text' ? '' : as;
    return `| \`${name}\` | ${optional ? '' : 'yes'} | ${shown(pointer)}${condition} | ${reading} |`;
  });

/** The document of messages, from the tables of their fields. */
export function messagesText(): string {
  const kinds = Object.entries(cebKinds).map(([name, kind]) => {
    const given = Object.entries(kind.given).map(([pointer, value]) => `\`${pointer}\` is \`${value}\``);
    const says = given.length === 0 ? '' : `\nGiven by the kind: ${given.join(', ')}.\n`;
    const rows = kind.row === null ? [] : rowsOf(kind.rows, kind.rows.some(({ home }) => home !== null && home !== 'message') ? `${kind.rowsAt}/n` : '');
    const table = [...rowsOf(kind.fields, ''), ...rows];
    return `## ${name}

${kind.door === null ? 'Kept as it came' : `Becomes: ${kind.door}`}. ${kind.receipt === null ? 'Not answered' : `Answered by: ${kind.receipt.kind}`}.
${says}
| field | has to be there | home | read as |
|---|---|---|---|
${table.join('\n')}
`;
  });
  return [head, ...kinds].join('\n');
}
