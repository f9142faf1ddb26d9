import { cdsGroups, cdsKinds, cebKinds, csvTable, emitted, type Field, type Group } from '#modules/messages/index.ts';

const head = `# Messages of other systems

What \`POST /v1/messages\` reads beside the window's own JSON, field by field, and the home of each field here; and what the
window writes of its own parcels. This file is written by \`npm run golden\` from the tables by which the window itself
reads, maps and writes.

Send one message a request, in UTF-8, of at most 8 MiB: as \`application/xml\` one of China's cross-border e-commerce system
(CEB, 2018 and 2022) or one of the WCO Data Model, as \`text/csv\` a table of parcels. Or hand in the file on the page
*Messages*. It is kept exactly as it came (\`GET /v1/messages/{id}/original\`), each of its nodes goes through the door that
its content has here, under the rights of whoever sends it, and the answer says for each node what became of it. The same
message again is answered as before; another one under the same number is refused.

- \`GET /v1/messages/{id}/receipts\` gives the receipts of a CEB message in its own format, as they stand at that moment.
- \`GET /v1/messages/{id}/notices\` lists the notices on a declaration of the WCO Data Model, oldest first, and
  \`/notices/{number}\` gives each in the form of the model.
- \`GET /v1/messages/{id}/written\` writes the message again from what was understood of it: fields with a home from what the
  window keeps there, in the spelling of the message where the value is the same; the others as they were read.
- \`GET /v1/consignments/{id}/as/{kind}\` writes a parcel as a message, for who filed it.
- A field without a home is kept in the bytes and named in the node's \`homeless\`. What stands in a slip because the kind of
  message says so, and no field, is named in \`given\`. Two fields that say different things for one place refuse their node.
- Of CEB, \`appStatus\` 1 (stored) is kept and not handed on; 2 (declared) is. \`appType\` 1 is new, 2 takes the place of what
  stands, 3 (deletion) is refused with what to do instead.
- A country that the list of codes does not hold is left out and named; a currency or a direction refuses its node; a unit keeps
  the code that was sent. Nothing is guessed.
- Numbers lose zeros that say nothing. Times of CEB are read as UTC+8, and its texts are Chinese unless their letters say
  otherwise; texts of the WCO Data Model are English.
- With \`PORTOLAN_SCHEMAS\` (see [operate.md](operate.md)) the official schema judges first and the answer says
  \`validated: true\`. Where the folder holds several editions, a message has to be allowed by one of them. Without it the
  tables below do: every field known, once, as text, and there where it has to be. A field without a home may be empty.
- A master bill (607) in parts is one manifest: all of its parts have to come in one message. Arrivals and departures in parts
  are reported a part at a time.
- Kinds of CEB that are not below are kept as they came, and nothing is done with them.

## Receipts

| \`returnStatus\` | when |
|---|---|
| 1 | the node was only stored, or there is no door for it |
| 120 | taken; of a checklist: it waits for the other slips |
| 399 | cleared, awaiting the goods; of a cancellation: done |
| 500 | under control |
| 800, 899 | released; has left supervision |
| 300 | cannot be decided |
| 100 | rejected, another route is required, or the declaration was taken back |
| 599 | denied, abandoned, unclaimed or over-landed |
| -1 | its door refused it: \`returnInfo\` carries the code and the field |

\`preNo\` and \`invtNo\`, where the message gave none, are the last eighteen characters of the window's own id.

## Notices

| code | when |
|---|---|
| 02 DMSRCV | the declaration came |
| 01 DMSACC | it was accepted: cleared, under control, or released |
| 13 DMSTAX | what is owed, below the line of goods that it is of |
| 03 DMSREJ | rejected, or another route is required, with each reason |
| 11 DMSREQ | cannot be decided, with each fact that is missing |
| 05 DMSCTL | under control, or release denied |
| 08 DMSROG, 09 DMSCLE | released against security; released |
| 07 DMSRES | changed, by an officer or by an amendment |
| 10 DMSINV | taken back |
| 16 DMSEOG | has left supervision |

The number of a declaration (\`Declaration/ID\`) is the window's id of the parcel; a cancellation (\`INV\`) names it.

## What is written

${Object.entries(emitted)
  .map(([name, movement]) => `\`${name}\` (${movement})`)
  .join(', ')}, and \`CSV\`. A field that has a home in the tables below is
written from there; the others are worked out where the parcel holds them (sums, names of registered parties, counts).

- What the format asks for and the parcel does not say, says nothing that could be taken for a fact: \`-\` for a text, 0 for a
  figure, zeros for a code, 701 for a country, a commodity code filled up with \`-\`. The node's \`note\` names every one of
  these fields behind \`unsaid:\`.
- Messages of imports take amounts in yuan alone, by their schema. A parcel in another currency is written where the caller
  names a rate (\`?rate=9.12\`: yuan for one unit), and the note repeats it. The window takes no rate of its own accord.
- A value that is longer than the format allows, or of which it has no code, refuses the message.
- The schema asks for a signature on a checklist (621). The window holds no key of its sender, so it writes the frame with the
  digest of the canonical document, and an empty \`SignatureValue\` for him to fill.
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

const tableOf = (rows: readonly string[]): string => `| field | has to be there | home | read as |
|---|---|---|---|
${rows.join('\n')}
`;

const givenBy = (given: Readonly<Record<string, string | boolean>>): string => {
  const list = Object.entries(given).map(([pointer, value]) => `\`${pointer}\` is \`${value}\``);
  return list.length === 0 ? '' : `\nGiven by the kind: ${list.join(', ')}.\n`;
};

/** The fields of what may stand more than once, by their path below the declaration. */
function groupRows({ element, into, fields, groups = [] }: Group, above: string, list: string): string[] {
  const below = `${above}${element}/`;
  const base = into === '.' ? list : into === '' ? '' : `${into}/n`;
  const own = fields.map((field) => ({ ...field, name: `${below}${field.name}` }));
  return [...rowsOf(own, base), ...groups.flatMap((one) => groupRows(one, below, base))];
}

/** The document of messages, from the tables of their fields. */
export function messagesText(): string {
  const ceb = Object.entries(cebKinds).flatMap(([name, kind]) => {
    const { receipt, door, given, rows, rowsAt, fields } = kind;
    if (receipt === null && !name.endsWith('792Message')) return [];
    const homes = rows.some(({ home }) => home !== null && home !== 'message');
    const table = [...rowsOf(fields, ''), ...rowsOf(rows, homes ? `${rowsAt}/n` : '')];
    const becomes = door === null ? 'Kept as it came' : `Becomes: ${door}`;
    const answered = receipt === null ? 'Not answered' : `Answered by: ${receipt.kind}`;
    return [`## ${name}\n\n${becomes}. ${answered}.\n${givenBy(given)}\n${tableOf(table)}`];
  });
  const cds = Object.entries(cdsKinds).map(([name, { door, fields, given }]) => {
    const groups = door === 'declaration' ? cdsGroups.flatMap((one) => groupRows(one, '', '')) : [];
    const becomes = door === null ? 'Kept as it came' : `Becomes: ${door}`;
    const table = tableOf([...rowsOf(fields, ''), ...groups]);
    return `## WCO Data Model, ${name}\n\n${becomes}. What stands there and is not named here is without a home.\n${givenBy(given)}\n${table}`;
  });
  const csv = `## CSV

One row for each line of goods; the columns of the parcel stand on each of its rows, or are empty after the first. The first
row names the columns, in any order; those that have to be there are marked. Cells are apart by commas, with quotes around one
that holds a comma, a quote (doubled) or a line end. A cell that a spreadsheet would take for a formula is written with a \`'\`
before it. Rows of one declaration stand together; a file holds at most 1,000 parcels. Faults are told by line and column.
${givenBy(csvTable.given)}
${tableOf([...rowsOf(csvTable.fields, ''), ...rowsOf(csvTable.rows, `${csvTable.rowsAt}/n`)])}`;
  return [head, ...ceb, ...cds, csv].join('\n');
}
