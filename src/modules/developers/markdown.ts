import { posix } from 'node:path';
import { type Fragment, type Html, html, join, raw } from '#kernel/html.ts';
import { inset, table } from '#portal/components.ts';

/** Where a link of a paper leads; undefined where the window serves nothing there, and only its text is shown. */
export type Leads = (target: string) => string | undefined;

/** What a reader's program makes of a heading, so that links into a paper find it here too. */
export const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const marks = /`([^`]+)`|\*\*(.+?)\*\*|!?\[([^\]]*)\]\(([^)\s]+)\)|(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])/g;

/** Code within a line; where it is a page of the window, it leads there. */
const coded = (code: string): Html =>
  /^\/(docs|keys)(\/[\w-]+)*(#[\w-]+)?$/.test(code)
    ? html`<a href="${code}"><code>${code}</code></a>`
    : html`<code>${code}</code>`;

/** Code, strong, emphasis and links within a line; everything else is text. */
function inline(text: string, leads: Leads): Html {
  const parts: Fragment[] = [];
  let from = 0;
  for (const found of text.matchAll(marks)) {
    parts.push(text.slice(from, found.index));
    from = found.index + found[0].length;
    const [, code, strong, label, target = '', stressed = ''] = found;
    if (code !== undefined) parts.push(coded(code));
    else if (strong !== undefined) parts.push(html`<strong>${inline(strong, leads)}</strong>`);
    else if (label !== undefined) {
      const href = leads(target);
      parts.push(href === undefined ? inline(label, leads) : html`<a href="${href}">${inline(label, leads)}</a>`);
    } else parts.push(html`<em>${inline(stressed, leads)}</em>`);
  }
  parts.push(text.slice(from));
  return join(parts);
}

const isRow = (line: string | undefined): boolean => line?.trimStart().startsWith('|') === true;
const isItem = (line: string): boolean => /^(- |\d+\. )/.test(line);
const cellsOf = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll(String.raw`\|`, '|'));

interface Reading {
  readonly lines: readonly string[];
  readonly leads: Leads;
  /** The heading under which one is: what a table is called. */
  heading: string;
  readonly anchors: Map<string, number>;
  at: number;
}

/** The lines up to the first that no longer belongs to the block. */
function take(reading: Reading, belongs: (line: string) => boolean): string[] {
  const from = reading.at;
  while (reading.at < reading.lines.length && belongs(reading.lines[reading.at]!)) reading.at += 1;
  return reading.lines.slice(from, reading.at);
}

function fenced(reading: Reading): Html {
  reading.at += 1;
  const body = take(reading, (line) => !line.startsWith('```'));
  reading.at += 1;
  return html`<pre dir="ltr" tabindex="0"><code>${body.join('\n')}</code></pre>`;
}

function headed(reading: Reading, level: number, title: string): Html {
  reading.at += 1;
  reading.heading = title.replaceAll(/[`*]/g, '');
  const name = anchor(title);
  const many = reading.anchors.get(name) ?? 0;
  reading.anchors.set(name, many + 1);
  const id = many === 0 ? name : `${name}-${many}`;
  return html`${raw(`<h${level}`)} id="${id}">${inline(title, reading.leads)}${raw(`</h${level}>`)}`;
}

function tabled(reading: Reading): Html {
  const [head = '', , ...rows] = take(reading, isRow);
  const columns = cellsOf(head).map((title, index) => ({
    head: title.replaceAll(/[`*]/g, ''),
    cell: (row: readonly string[]) => inline(row[index] ?? '', reading.leads),
    rowHeader: index === 0,
  }));
  return table({ caption: reading.heading, hideCaption: true, columns, rows: rows.map(cellsOf) });
}

/** Items of a list: what is indented under one belongs to it. */
function listed(reading: Reading): Html {
  const ordered = /^\d/.test(reading.lines[reading.at] ?? '');
  const items: Html[] = [];
  while (reading.at < reading.lines.length && isItem(reading.lines[reading.at]!)) {
    const [first = ''] = reading.lines.slice(reading.at, reading.at + 1);
    reading.at += 1;
    const rest = take(reading, (line) => /^\s+\S/.test(line));
    const width = /^\s*/.exec(rest[0] ?? '')?.[0].length ?? 0;
    const inner = [first.replace(/^(- |\d+\. )/, ''), ...rest.map((line) => line.slice(width))];
    items.push(html`<li>${blocks({ ...reading, lines: inner, at: 0 }, true)}</li>`);
    take(reading, (line) => line.trim() === '');
  }
  return ordered ? html`<ol>${items}</ol>` : html`<ul>${items}</ul>`;
}

const begins = (line: string): boolean =>
  line.trim() === '' || line.startsWith('```') || /^#{1,6} |^> /.test(line) || isRow(line) || isItem(line);

function blocks(reading: Reading, tight = false): Html {
  const parts: Html[] = [];
  while (reading.at < reading.lines.length) {
    const line = reading.lines[reading.at]!;
    const heading = /^(#{1,6}) (.+)$/.exec(line);
    if (line.trim() === '') reading.at += 1;
    else if (line.startsWith('```')) parts.push(fenced(reading));
    else if (heading) parts.push(headed(reading, heading[1]!.length, heading[2]!));
    else if (isRow(line)) parts.push(tabled(reading));
    else if (isItem(line)) parts.push(listed(reading));
    else if (line.startsWith('> ')) {
      const quoted = take(reading, (one) => one.startsWith('>')).map((one) => one.replace(/^> ?/, ''));
      parts.push(inset(blocks({ ...reading, lines: quoted, at: 0 })));
    } else {
      reading.at += 1;
      const text = [line, ...take(reading, (one) => !begins(one))].map((one) => one.trim()).join(' ');
      parts.push(tight ? inline(text, reading.leads) : html`<p>${inline(text, reading.leads)}</p>`);
    }
  }
  return join(parts);
}

/** A paper of ours as a page: headings, paragraphs, lists, tables, code and links. Markup in it stays text. */
export const rendered = (text: string, leads: Leads): Html =>
  blocks({ lines: text.split('\n'), leads, heading: '', anchors: new Map(), at: 0 });

/** Where the links of the paper at a path lead: to other papers of the window, to its own addresses, or outside. */
export const leadsFrom =
  (path: string, served: (path: string) => boolean): Leads =>
  (target) => {
    if (/^https?:\/\//.test(target) || target.startsWith('/') || target.startsWith('#')) return target;
    const [file = '', fragment] = target.split('#');
    // The papers at the root stand beside those of `docs/` on the pages.
    const inTree = /^[A-Z]+\.md$/.test(path) ? path : `docs/${path}`;
    const found = posix.normalize(posix.join(posix.dirname(inTree), file)).replace(/^docs\//, '');
    if (!served(found)) return undefined;
    return `/docs/${found}${fragment === undefined ? '' : `#${fragment}`}`;
  };
