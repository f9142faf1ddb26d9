/** A value that arrived. */
export type Ok<T> = { readonly ok: true; readonly value: T };

/** One expected "no": a stable code with what the words need, never prose. */
export type Refusal = {
  /** Listed in the catalogue of the module that refuses: `clearance/key-replayed`. */
  readonly code: string;
  /** JSON pointer (RFC 6901) of the field concerned; the empty string is the whole document. */
  readonly pointer?: string;
  /** Parameters of the words that belong to the code. */
  readonly params?: Readonly<Record<string, string>>;
  /** Everything else that is wrong in the same document, so that nobody corrects one field at a time. */
  readonly more?: readonly {
    readonly code: string;
    readonly pointer?: string;
    readonly params?: Readonly<Record<string, string>>;
  }[];
};

/** The refusing half of a result. */
export type Refused = { readonly ok: false; readonly error: Refusal };

/** Either the value or the refusal; bugs and outages throw instead. */
export type Result<T> = Ok<T> | Refused;

/** Every refusal that a module knows: its HTTP status and its short title, by code. */
export type Catalogue = Readonly<Record<string, { readonly status: number; readonly title: string }>>;

/** Wraps a value that arrived. */
export const ok = <T>(value: T): Ok<T> => ({ ok: true, value });

/** Refuses with a code of the module's catalogue. */
export const refuse = (code: string, extra: Omit<Refusal, 'code'> = {}): Refused => ({
  ok: false,
  error: { code, ...extra },
});

/** Gives the value, or throws: only for what cannot be refused here, such as a constant of our own. */
export function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`unexpected refusal ${result.error.code} at ${result.error.pointer ?? '(no pointer)'}`);
}
