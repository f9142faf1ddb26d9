import { isLanguage } from '#portal/language.ts';
import { addWords, type Params, type Words, words } from '#portal/text.ts';
import type { Pack } from './pack.ts';

/** The words of one pack in one language, with those of the rulebook behind them. */
export interface Voice {
  readonly t: Words;
  readonly pack: Pack;
  /**
   * What the pack calls something: `('charge', 'duty')`, `('route', 'low-value')`. Falls back to the rulebook's own
   * words and then to the id itself, so that a pack without words is still readable.
   */
  (kind: string, id: string, params?: Params): string;
}

/** The hash of the pack whose words were added last under an economy's name. */
const added = new Map<string, string>();

function learn(pack: Pack): string {
  const module = `pack-${pack.id}`;
  if (added.get(pack.id) === pack.hash) return module;
  for (const [lang, own] of Object.entries(pack.words)) if (isLanguage(lang)) addWords(lang, module, own);
  added.set(pack.id, pack.hash);
  return module;
}

/** Lends a pack its voice in the language of these words. */
export function voiceOf(asked: Words, pack: Pack): Voice {
  const module = learn(pack);
  // Adding words makes a new speaker, so the one that was handed in may not know them yet.
  const t = words(asked.lang);
  const speak = (kind: string, id: string, params: Params = {}): string => {
    for (const key of [`${module}.${kind}.${id}`, `rulebook.${kind}.${id}`]) {
      if (t.has(key)) return said(t, key, params, id);
    }
    return id;
  };
  return Object.assign(speak, { t, pack });
}

/** A message asks for figures that a rule could not always work out; then its code is better than no page. */
function said(t: Words, key: string, params: Params, id: string): string {
  try {
    return t(key, params);
  } catch {
    return id;
  }
}

/**
 * Why a check came out as it did: codes with a module's name are that module's, others the pack's or the rulebook's.
 */
export function reasonText(voice: Voice, reason: string, params: Readonly<Record<string, string>>): string {
  if (!reason.includes('/')) return voice('reason', reason, spoken(voice, params));
  return voice.t.has(reason) ? said(voice.t, reason, spoken(voice, params), reason) : reason;
}

/** Parameters that are codes themselves are said in words. */
function spoken(voice: Voice, params: Readonly<Record<string, string>>): Record<string, string> {
  const kinds: Readonly<Record<string, string>> = {
    route: 'route',
    claimed: 'route',
    authority: 'authority',
    document: 'document',
    category: 'category',
    element: 'element',
    party: 'party',
    slip: 'slip',
  };
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      const kind = kinds[name];
      return [
        name,
        kind === undefined ? value : kind === 'authority' ? authorityName(voice, value) : voice(kind, value),
      ];
    }),
  );
}

/** The name of an authority as the pack gives it, in this language or in its first one. */
export function authorityName(voice: Voice, id: string): string {
  const found = voice.pack.authorities.find((one) => one.id === id);
  return found === undefined ? id : nameIn(voice.t, found.name) || id;
}

/** A name given by language, in this one or in whichever comes first. */
export const nameIn = (t: Words, name: Readonly<Record<string, string>>): string =>
  name[t.lang] ?? name['en'] ?? Object.values(name)[0] ?? '';
