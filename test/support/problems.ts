import type { Catalogue } from '#kernel/result.ts';

/** The document of every refusal: its code, the status it is answered with, and what it means. */
export function problemsText(catalogue: Catalogue): string {
  // Codes stand by what comes before the slash: the module, or the part of the house, that refuses.
  const groups = Map.groupBy(Object.keys(catalogue).sort(), (code) => code.split('/')[0] ?? '');
  const line = (code: string): string => `| \`${code}\` | ${catalogue[code]!.status} | ${catalogue[code]!.title} |`;
  const parts = [...groups].map(
    ([name, codes]) => `## ${name}\n\n| code | status | means |\n|---|---|---|\n${codes.map(line).join('\n')}\n`,
  );
  return `# Problems

What the window answers when it does not take something. Every refusal is \`application/problem+json\` (RFC 9457): its
\`code\` is one of those below and stays the same, its \`errors\` point at the fields concerned with a code of their own, and
its \`type\` leads to \`/docs/problems\` of the window itself. The sentence that goes with it says what to do, in the
reader's language; sentences may change. This file is written by \`npm run golden\` from the catalogues of the modules.

${parts.join('\n')}`;
}
