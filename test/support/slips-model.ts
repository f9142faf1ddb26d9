import type { Kind, State } from '#modules/slips/index.ts';

/**
 * A second telling of how slips are taken and meet, as plainly as it can be told, for parcels of a route that needs all
 * four. What a slip says is a variant: the second variant of a payment and of a transport document contradicts.
 */
export type Variant = 0 | 1;

export interface Told {
  readonly status: number;
  /** The version of the receipt, or the code of the refusal. */
  readonly what: number | string;
}

interface Kept {
  readonly versions: Variant[];
  state: State;
}

const contradicting = (kind: Kind, variant: Variant | undefined): boolean =>
  variant === 1 && (kind === 'payment' || kind === 'transport');

/** The slips of one parcel. */
export class ModelParcel {
  readonly slips = new Map<Kind, Kept>();
  outcome: 'none' | 'waiting' | 'cleared' | 'rejected' = 'none';
  #news = false;

  send(kind: Kind, variant: Variant, replaces?: number): Told {
    const refused = (what: string): Told => ({ status: 409, what: `slips/${what}` });
    const taken = (version: number): Told => ({ status: 201, what: version });
    const slip = this.slips.get(kind);
    if (slip === undefined) {
      if (replaces !== undefined) return refused('nothing-to-replace');
      this.slips.set(kind, { versions: [variant], state: 'received' });
      this.#news = true;
      return taken(1);
    }
    const { versions } = slip;
    const current = versions.length;
    if (replaces === undefined && versions.includes(variant)) return taken(versions.lastIndexOf(variant) + 1);
    if (replaces !== undefined && versions[replaces] === variant) return taken(replaces + 1);
    if (replaces === current && versions[current - 1] === variant) return taken(current);
    if (slip.state === 'used') return refused('used');
    if (replaces === undefined) return refused('key-replayed');
    if (replaces !== current) return refused('version-differs');
    versions.push(variant);
    slip.state = 'received';
    this.#news = true;
    return taken(versions.length);
  }

  /** What the slips at hand come to; without news nothing changes. */
  settle(): void {
    const declaration = this.slips.get('declaration');
    if (!this.#news || declaration === undefined || declaration.state === 'used') return;
    this.#news = false;
    const others = [...this.slips].filter(([kind]) => kind !== 'declaration');
    const contradicts = others.filter(([kind, { versions }]) => contradicting(kind, versions.at(-1)));
    const complete = others.length === 3;
    if (complete) {
      this.outcome = contradicts.length > 0 ? 'rejected' : 'cleared';
      declaration.state = 'used';
    } else {
      this.outcome = 'waiting';
      declaration.state = others.length > 0 ? 'matched' : 'received';
    }
    for (const [kind, slip] of others) {
      // A payment is compared with its order, a transport document with the declaration.
      const compared = kind !== 'payment' || this.slips.has('order');
      const differs = compared && contradicting(kind, slip.versions.at(-1));
      slip.state = this.outcome === 'cleared' ? 'used' : differs ? 'contradicts' : 'matched';
    }
  }

  /** The deadline of everything passes. */
  expire(): void {
    for (const slip of this.slips.values()) if (slip.state !== 'used') slip.state = 'expired';
  }

  get states(): Record<string, State> {
    return Object.fromEntries([...this.slips].map(([kind, { state }]) => [kind, state]));
  }
}
