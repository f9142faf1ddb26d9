/**
 * A typed client of a Portolan window: copy this one file, it depends on nothing. `npm run golden` writes it from the
 * window's own description of its doors, so that it never says anything else than they do.
 */

/** A refusal as the window tells it (RFC 9457): `code` stays the same, `errors` point at the fields concerned. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  errors?: { pointer: string; code: string; detail: string; in?: string }[];
}

/** Thrown where the window does not take something. */
export class Refused extends Error {
  override name = 'Refused';
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.problem = problem;
  }
}

export interface Options {
  /** The address of the window, such as http://127.0.0.1:8080. */
  origin: string;
  /** The key of your program; public doors need none. */
  key?: string;
  /** The language of sentences, such as en or ar. */
  language?: string;
  /** How often it is tried again when the window asks to come back (429, 503); four times where it is left out. */
  tries?: number;
}

type Given<D extends keyof Doors> = Omit<Doors[D], 'answer'>;
/** Nothing has to be given to a door that needs nothing. */
type Arguments<D extends keyof Doors> = {} extends Given<D> ? [given?: Given<D>] : [given: Given<D>];

/** A window, as a program speaks to it. */
export class Portolan {
  readonly #options: Options;
  constructor(options: Options) {
    this.#options = options;
  }

  /** Asks one of the doors, such as 'POST /v1/consignments'; throws `Refused` where it does not take what was sent. */
  async ask<D extends keyof Doors>(door: D, ...[given = {} as Given<D>]: Arguments<D>): Promise<Doors[D]['answer']> {
    const { origin, key, language, tries = 4 } = this.#options;
    const { path = {}, query = {}, body } = given as { path?: object; query?: object; body?: unknown };
    const [method, template] = (door as string).split(' ') as [string, string];
    const values = new Map(Object.entries(path));
    const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name))));
    const url = new URL(filled, origin);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    const headers = {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(language === undefined ? {} : { 'accept-language': language }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const sent = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    for (let left = tries; ; left -= 1) {
      const reply = await fetch(url, sent);
      const told: unknown = await reply.json();
      if (reply.ok) return told as Doors[D]['answer'];
      // The same again is answered as before, so that trying again does nothing twice.
      if (left < 1 || (reply.status !== 429 && reply.status !== 503)) throw new Refused(told as Problem);
      const seconds = Number(reply.headers.get('retry-after') ?? 1);
      await new Promise((resume) => setTimeout(resume, seconds * 1_000));
    }
  }
}

export type Key = Record<string, unknown>;
export type Assessment = { economy?: string; version?: string; on?: string; days?: Record<string, string>; event?: "entry" | "exit" | "return"; assumed?: Record<string, Total>; consignment: Consignment };
export type Consignment = { orders?: Orders[]; payments?: Payments[]; transports?: Transports[]; declaration: { id?: string; movement: "import" | "export" | "transit"; procedure?: string; previousProcedure?: string; nature: "sale" | "gift" | "sample" | "return" | "personal"; route?: string; scheme?: string | null; office?: string; placeOfGoods?: string; zone?: string | null; declarant?: string; representation?: "self" | "direct" | "indirect"; importer?: string | null; seller?: string | null; placeOperator?: string | null; postalOperator?: string | null; guarantor?: string | null; fiscalReference?: FiscalReference | null; consignor?: Consignor; consignee?: Consignee; dispatch?: string; destination?: string; goods: Goods[]; discount?: Total; freight?: Total | null; insurance?: Total | null; onward?: Total | null; taxIncluded?: Total; documents?: Documents[]; previousDocuments?: Documents[] } };
export type Orders = { platform: string; number: string; seller?: string | null; buyer?: string | null; total: Total; placed?: string };
export type Total = { currency: string; amount: string };
export type Payments = { provider: string; reference: string; order: string; method: "card" | "transfer" | "wallet" | "cash-on-delivery"; payer?: string | null; amount: Total; paid?: string | null };
export type Transports = { carrier: string; document: string; master?: string | null; orders?: string[]; borderMode?: "sea" | "rail" | "road" | "air" | "post"; inlandMode?: "sea" | "rail" | "road" | "air" | "post"; grossWeight?: string; pieces: ({ barcode: string; weight?: string })[] };
export type FiscalReference = { role: string; id: string };
export type Consignor = { name: Name; address: Address };
export type Name = { text: string; language: string; latin?: string };
export type Address = { lines: string[]; city?: string; postcode?: string; country: string; language?: string };
export type Consignee = { name: Name; identity?: { type: string; number: string } | null; address: Address; private: boolean };
export type Goods = { line: number; description: Name; commodity?: string | null; edition?: string; category?: string | null; origin?: string | null; quantity?: string; unit?: string; statutoryQuantity?: string; statutoryUnit?: string; supplementaryQuantity?: string; supplementaryUnit?: string; netWeight?: string; grossWeight?: string; price: Total; product?: { scheme: string; id: string } | null; used?: boolean; stock?: { book: string; item: string } | null };
export type Documents = { type: string; number: string; line?: number; issued?: string };
export type Differences = { what: string; id: string | null; values: unknown[] };
export type Payment = { method: string; reference: string; amount: Total };
export type Supplier = { identifier: string; country: string };
export type Consignment2 = { orders?: Orders[]; payments?: Payments[]; transports?: Transports[]; declaration: { id: string; movement: "import" | "export" | "transit"; procedure?: string; previousProcedure?: string; nature: "sale" | "gift" | "sample" | "return" | "personal"; route?: string; scheme?: string | null; office?: string; placeOfGoods?: string; zone?: string | null; declarant: string; representation?: "self" | "direct" | "indirect"; importer?: string | null; seller?: string | null; placeOperator?: string | null; postalOperator?: string | null; guarantor?: string | null; fiscalReference?: FiscalReference | null; consignor?: Consignor; consignee?: Consignee; dispatch?: string; destination?: string; goods: Goods[]; discount?: Total; freight?: Total | null; insurance?: Total | null; onward?: Total | null; taxIncluded?: Total; documents?: Documents[]; previousDocuments?: Documents[] } };
export type Segments = { number: number; sealed: string; entries: number; first: First; last: First; root: string; previous: string; hash: string; leaf: string };
export type First = { transaction: string; sequence: string };

/** Every door by its method and address: what it takes and what it answers. */
export interface Doors {
  /** This description */
  'GET /openapi.json': { answer: Record<string, unknown> };
  /** Can the window take parcels? */
  'GET /health': { answer: { status: "ready"; epoch: string; economy: string } };
  /** Who am I, and for whom may I act? */
  'GET /v1/me': { answer: Record<string, unknown> };
  /** Registered parties */
  'GET /v1/administration/parties': { query?: { after?: string; limit?: string; find?: string }; answer: Record<string, unknown> };
  /** One party and its representations */
  'GET /v1/administration/parties/{identifier}': { path: { identifier: string }; answer: Record<string, unknown> };
  /** Register a party, or change its registration */
  'PUT /v1/administration/parties/{identifier}': { path: { identifier: string }; body: { name: string; language: string; latin?: string | null; roles: ("seller" | "platform" | "declarant" | "importer" | "carrier" | "place-operator" | "payment-provider" | "postal-operator" | "guarantor")[]; status?: "active" | "suspended"; from?: string; until?: string | null }; answer: Record<string, unknown> };
  /** Who acts for whom */
  'GET /v1/administration/representations': { query?: { after?: string; limit?: string; find?: string }; answer: Record<string, unknown> };
  /** Register that one party acts for another */
  'POST /v1/administration/representations': { body: { represented: string; representative: string; kind: "direct" | "indirect"; scope: ("file" | "read" | "pay" | "guarantee")[]; from: string; until?: string | null; chain?: string[]; onward?: boolean }; answer: Record<string, unknown> };
  /** Revoke a representation: nothing is filed under it once this is answered */
  'DELETE /v1/administration/representations/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** Authorities and their mandates */
  'GET /v1/administration/authorities': { answer: Record<string, unknown> };
  /** Register an authority, or change its name */
  'PUT /v1/administration/authorities/{identifier}': { path: { identifier: string }; body: { name: string; language: string; latin?: string | null }; answer: Record<string, unknown> };
  /** Give an authority a mandate, with the law it rests on */
  'POST /v1/administration/mandates': { body: { authority: string; element: "*" | "goods" | "value" | "order" | "payment" | "transport" | "consignee" | "parties" | "decision" | "charges" | "movement" | "case" | "administration" | "law"; purpose: "clear" | "inspect" | "tax" | "read" | "dispose" | "administer" | "register" | "propose-law" | "approve-law"; reference: string; from: string; until?: string | null }; answer: Record<string, unknown> };
  /** End a mandate */
  'DELETE /v1/administration/mandates/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** API clients, without their keys */
  'GET /v1/administration/clients': { query?: { after?: string; limit?: string; find?: string }; answer: Record<string, unknown> };
  /** Make an API client: its key is in this answer and nowhere else */
  'POST /v1/administration/clients': { body: { name: string; party?: string | null; authority?: string | null; scopes: ("file" | "read" | "pay" | "guarantee" | "administer")[] }; answer: Record<string, unknown> };
  /** Revoke the key of an API client */
  'DELETE /v1/administration/clients/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** Enter the public key (JWK, P-256) with which a client signs its uploads, or take it away */
  'PUT /v1/administration/clients/{id}/signing-key': { path: { id: string }; body: { key: Key | null }; answer: Record<string, unknown> };
  /** Enter the public keys (JWK, P-256; two at most) with which a client asks the issuer for access tokens */
  'PUT /v1/administration/clients/{id}/access-keys': { path: { id: string }; body: { keys: Key[] }; answer: Record<string, unknown> };
  /** People who sign in */
  'GET /v1/administration/users': { query?: { after?: string; limit?: string; find?: string }; answer: Record<string, unknown> };
  /** Add a person: the link to set a password is in this answer and nowhere else */
  'POST /v1/administration/users': { body: { name: string; shown: string; roles: ("filer" | "seller" | "carrier" | "operator" | "payer" | "manager" | "officer" | "administrator" | "auditor")[]; party?: string | null; authority?: string | null }; answer: Record<string, unknown> };
  /** One person */
  'GET /v1/administration/users/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** Change what a person may do, or suspend him */
  'PUT /v1/administration/users/{id}': { path: { id: string }; body: { shown: string; roles: ("filer" | "seller" | "carrier" | "operator" | "payer" | "manager" | "officer" | "administrator" | "auditor")[]; party?: string | null; authority?: string | null; status: "active" | "suspended" }; answer: Record<string, unknown> };
  /** A new link to set a password; an earlier one stops working */
  'POST /v1/administration/users/{id}/link': { path: { id: string }; answer: Record<string, unknown> };
  /** Remove a person’s passkeys, authenticator app and recovery codes, and sign him out everywhere */
  'DELETE /v1/administration/users/{id}/proofs': { path: { id: string }; answer: Record<string, unknown> };
  /** What would this parcel meet at the border? */
  'POST /v1/assessments': { body: Assessment; answer: Record<string, unknown> };
  /** What would it meet in several economies, zones, versions or on several days, side by side? */
  'POST /v1/assessments/comparison': { body: { assessments: ({ economy?: string; version?: string; on?: string; days?: Record<string, string>; event?: "entry" | "exit" | "return"; assumed?: Record<string, Total>; consignment: Consignment })[] }; answer: { determinations: (Record<string, unknown>)[]; differences: Differences[] } };
  /** On which days after the one asked about does the answer change, and what is announced? */
  'POST /v1/assessments/coming': { body: Assessment; answer: { determination: Record<string, unknown>; changes: ({ day: string; because: ({ id: string; source: string; begins: boolean })[]; differences: Differences[]; determination: Record<string, unknown> })[]; announced: ({ day: string; values: ({ id: string; value: string; unit: string })[]; differs: boolean; differences: Differences[] })[]; until: string | null } };
  /** Changes of law, newest first */
  'GET /v1/law/changes': { answer: Record<string, unknown> };
  /** A change of law with its difference and its approvals */
  'GET /v1/law/changes/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** The files of one draft of a change */
  'GET /v1/law/changes/{id}/drafts/{number}': { path: { id: string; number: string }; answer: Record<string, unknown> };
  /** Every version of a pack that was ever in force here */
  'GET /v1/law/versions/{pack}': { path: { pack: string }; answer: Record<string, unknown> };
  /** One version with its files, by the epoch from which it was in force */
  'GET /v1/law/versions/{pack}/{from}': { path: { pack: string; from: string }; answer: Record<string, unknown> };
  /** Hand in a draft version of a pack: a change of law begins */
  'POST /v1/law/drafts': { body: { title: string; pack?: string; files: Record<string, string | null>; whole?: boolean; base?: string; inForce?: string | null }; answer: Record<string, unknown> };
  /** Put a further draft in the place of the last one */
  'POST /v1/law/changes/{id}/drafts': { path: { id: string }; body: { title: string; pack?: string; files: Record<string, string | null>; whole?: boolean; base?: string; inForce?: string | null; stamp: number }; answer: Record<string, unknown> };
  /** Draft the way back from a change that is in force */
  'POST /v1/law/changes/{id}/back': { path: { id: string }; body: { title: string; inForce?: string | null }; answer: Record<string, unknown> };
  /** Propose, approve, refuse or withdraw a change of law */
  'POST /v1/law/changes/{id}/steps': { path: { id: string }; body: { move: "propose" | "approve" | "refuse" | "withdraw" | "take-back"; stamp: number; decision?: { ground: string; reason: string; remedy: string }; minutes?: { text: string; reference: string; on: string }; note?: string }; answer: Record<string, unknown> };
  /** Schemes of identifiers, with how far the window can look at each */
  'GET /v1/identifier-schemes': { answer: Record<string, unknown> };
  /** Register a business */
  'POST /v1/registrations': { body: { name: string; language: string; latin?: string; country: string; address: string; identifiers: ({ scheme: string; value: string })[]; roles: ("seller" | "platform" | "declarant" | "importer" | "carrier" | "place-operator" | "payment-provider" | "postal-operator" | "guarantor")[]; person: { name: string; shown: string } }; answer: Record<string, unknown> };
  /** Registrations, for the desk that decides on them */
  'GET /v1/registrations': { query?: { after?: string; waiting?: "yes" | "no" }; answer: Record<string, unknown> };
  /** One registration, for the desk and for who asked */
  'GET /v1/registrations/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** A paper of a registration, as it came */
  'GET /v1/registrations/{id}/documents/{document}': { path: { id: string; document: string }; answer: Record<string, unknown> };
  /** Approve or refuse a registration, ask for more, or take a decision back */
  'POST /v1/registrations/{id}/steps': { path: { id: string }; body: { move: "approve" | "refuse" | "ask" | "reverse"; stamp: number; decision?: { ground: string; reason: string; remedy: string }; note?: string }; answer: Record<string, unknown> };
  /** One’s own business and its people */
  'GET /v1/business': { answer: Record<string, unknown> };
  /** Invite somebody into one’s own business: the link is in this answer and nowhere else */
  'POST /v1/business/invitations': { body: { shown: string; roles: ("manager" | "filer" | "seller" | "carrier" | "operator" | "payer")[] }; answer: Record<string, unknown> };
  /** Take an invitation back */
  'DELETE /v1/business/invitations/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** Change what somebody does for one’s own business; no roles end it */
  'PUT /v1/business/people/{id}': { path: { id: string }; body: { roles: ("manager" | "filer" | "seller" | "carrier" | "operator" | "payer")[] }; answer: Record<string, unknown> };
  /** Who acts for one’s own business, and for whom it acts */
  'GET /v1/representations': { query?: { after?: string }; answer: Record<string, unknown> };
  /** Let another act for one’s own business, or offer to */
  'POST /v1/representations': { body: { represented: string; representative: string; kind: "direct" | "indirect"; scope: ("file" | "read" | "pay" | "guarantee")[]; from?: string; until?: string | null; onward?: boolean }; answer: Record<string, unknown> };
  /** End a representation from either side: nothing is filed under it once this is answered */
  'DELETE /v1/representations/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** Let one of one’s own representatives act in one’s place, where the represented allowed it */
  'POST /v1/representations/{id}/passed-on': { path: { id: string }; body: { representative: string; scope: ("file" | "read" | "pay" | "guarantee")[]; until?: string | null }; answer: Record<string, unknown> };
  /** Confirm an offer to act for one’s own business */
  'POST /v1/representation-offers/{id}/confirmation': { path: { id: string }; answer: Record<string, unknown> };
  /** Decline an offer, or take one’s own back */
  'DELETE /v1/representation-offers/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** Watch rules that are true now */
  'GET /v1/administration/watch-rules': { answer: Record<string, unknown> };
  /** Add a watch rule, or change it */
  'PUT /v1/administration/watch-rules/{id}': { path: { id: string }; body: { condition: string; share?: string; ground: string; desk: string; source: string; from?: string; until?: string | null }; answer: Record<string, unknown> };
  /** End a watch rule */
  'DELETE /v1/administration/watch-rules/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** Names on the denied-party lists */
  'GET /v1/administration/denied-names': { query?: { after?: string; limit?: string }; answer: Record<string, unknown> };
  /** Put names on a list */
  'POST /v1/administration/denied-names': { body: ({ list: string; name: string; source: string })[]; answer: Record<string, unknown> };
  /** Take a name off its list */
  'DELETE /v1/administration/denied-names/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** The assessment notice of a parcel */
  'GET /v1/notices/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** Pay a notice: its exact amount, once */
  'POST /v1/notices/{id}/payments': { path: { id: string }; body: Payment; answer: Record<string, unknown> };
  /** Tax bills: one a payer, guarantor and period */
  'GET /v1/bills': { query?: { state?: "collecting" | "open" | "called" | "settled"; before?: string }; answer: Record<string, unknown> };
  /** A tax bill with its charges by law, its payments and the case of its being unpaid */
  'GET /v1/bills/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** The notices on a tax bill */
  'GET /v1/bills/{id}/lines': { path: { id: string }; query?: { after?: string }; answer: Record<string, unknown> };
  /** Pay a tax bill: exactly what it asks now, once */
  'POST /v1/bills/{id}/payments': { path: { id: string }; body: Payment; answer: Record<string, unknown> };
  /** Call the guarantee for an overdue bill, or take the call back */
  'POST /v1/bills/{id}/decisions': { path: { id: string }; body: { move: "call" | "reverse"; stamp: number; ground: string; reason: string; remedy: string }; answer: Record<string, unknown> };
  /** Guarantee accounts that one may read */
  'GET /v1/guarantees': { answer: Record<string, unknown> };
  /** A guarantee account: ceiling, reserved, drawn on, free, and what raised it */
  'GET /v1/guarantees/{guarantor}': { path: { guarantor: string }; answer: Record<string, unknown> };
  /** Raise a guarantee’s ceiling by a payment */
  'POST /v1/guarantees/{guarantor}/top-ups': { path: { guarantor: string }; body: Payment; answer: Record<string, unknown> };
  /** Refunds that are to be made, and the latest that were */
  'GET /v1/refunds': { answer: Record<string, unknown> };
  /** Bank statements, the latest first */
  'GET /v1/bank-statements': { answer: Record<string, unknown> };
  /** A bank’s statement and what was found of it */
  'GET /v1/bank-statements/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** End the work on a statement’s differences, with reasons */
  'POST /v1/bank-statements/{id}/decisions': { path: { id: string }; body: { stamp: number; ground: string; reason: string; remedy: string }; answer: Record<string, unknown> };
  /** The statement that the simulated bank would send of some days, as CSV */
  'GET /v1/simulated-bank/statement': { query: { from: string; until: string }; answer: Record<string, unknown> };
  /** File a service or a licence of intellectual property that crosses the border */
  'POST /v1/services': { body: { reference: string; filer: string; kind: "manufacturing" | "maintenance" | "transport" | "construction" | "insurance" | "financial" | "licence" | "digital" | "business" | "cultural"; cpc?: string; contract: { number: string; day: string; sha256: string }; supplier: Supplier; customer: Supplier; period: { from: string; until: string }; value: Total; placeOfSupply: string; receipt: { reference: string; day: string }; licence?: { right: "patent" | "trade-mark" | "copyright" | "design" | "know-how"; subject: string; registration?: string } }; answer: Record<string, unknown> };
  /** Services and licences, the latest first */
  'GET /v1/services': { query?: { before?: string }; answer: Record<string, unknown> };
  /** A service or a licence */
  'GET /v1/services/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** Accept or refuse a transaction under review, or take that back */
  'POST /v1/services/{id}/decisions': { path: { id: string }; body: { move: "accept" | "refuse" | "reverse"; stamp: number; ground: string; reason: string; remedy: string }; answer: Record<string, unknown> };
  /** Services counted by month, direction and kind */
  'GET /v1/service-counts': { answer: Record<string, unknown> };
  /** File one parcel whole: orders, payments, transports, declaration */
  'POST /v1/consignments': { body: Consignment2; answer: { id: string; declaration: string; version: number; status: "lodged" | "waiting" | "cleared" | "control" | "released" | "left" | "returned" | "cancelled" | "denied" | "abandoned" | "unclaimed" | "over-landed"; received: string; secured: boolean; decision: { outcome: "rejected" | "other-route" | "cleared" | "released" | "released-changed" | "released-security" | "control" | "denied" | "cannot-decide" | "waiting"; checks: ({ id: string; result: "passed" | "failed" | "skipped" | "unknown"; reason: string; params: Record<string, string>; rule: string; source: string; missing: string[] })[]; ground: string | null; remedy: string | null; automated: boolean; by: string; day: string; snapshot: string } } };
  /** Your parcels, newest first */
  'GET /v1/consignments': { query?: { status?: "lodged" | "waiting" | "cleared" | "control" | "released" | "left" | "returned" | "cancelled" | "denied" | "abandoned" | "unclaimed" | "over-landed"; order?: string; from?: string; until?: string; before?: string; limit?: string }; answer: Record<string, unknown> };
  /** Take a declaration back */
  'POST /v1/consignments/{id}/cancellation': { path: { id: string }; body: { ground: "order-cancelled" | "not-dispatched" | "declared-in-error" | "declared-twice" | "not-delivered"; reason: string }; answer: Record<string, unknown> };
  /** Amend a declaration before release */
  'POST /v1/consignments/{id}/amendments': { path: { id: string }; body: { version: number; ground: "clerical-error" | "value-changed" | "quantity-changed" | "classification-corrected" | "transport-changed"; reason: string; consignment: Consignment2 }; answer: Record<string, unknown> };
  /** Ask for the charges of a released consignment to be determined again */
  'POST /v1/consignments/{id}/redeterminations': { path: { id: string }; body: { version: number; ground: "wrong-value" | "wrong-classification" | "wrong-origin"; reason: string; lines: ({ line: number; price?: { currency: string; amount: string }; commodity?: string; origin?: string })[] }; answer: Record<string, unknown> };
  /** Every version of a declaration: who, when, why, and what changed */
  'GET /v1/consignments/{id}/versions': { path: { id: string }; answer: Record<string, unknown> };
  /** The data of a parcel as its next declaration, with the facts that are really missing */
  'GET /v1/consignments/{id}/as': { path: { id: string }; query: { movement: "import" | "transit" }; answer: Record<string, unknown> };
  /** One parcel with its reasons */
  'GET /v1/consignments/{id}': { path: { id: string }; answer: { id: string; declaration?: string; version?: number; status?: "lodged" | "waiting" | "cleared" | "control" | "released" | "left" | "returned" | "cancelled" | "denied" | "abandoned" | "unclaimed" | "over-landed"; since?: string } };
  /** May this piece leave: go, hold or unknown */
  'GET /v1/scans/{barcode}': { path: { barcode: string }; answer: Record<string, unknown> };
  /** How far an arrival has come */
  'GET /v1/arrivals/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** Departures, newest first, and the pieces that were kept back and still wait */
  'GET /v1/departures': { query?: { before?: string }; answer: Record<string, unknown> };
  /** How far a departure has come */
  'GET /v1/departures/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** The signed proof that an export left */
  'GET /v1/consignments/{id}/export-proof': { path: { id: string }; answer: Record<string, unknown> };
  /** Apply for goods of a released import to go back */
  'POST /v1/consignments/{id}/returns': { path: { id: string }; body: { reference: string; ground: "changed-mind" | "faulty" | "damaged" | "not-as-ordered" | "not-delivered"; reason?: string; lines?: ({ line: number; quantity: string })[]; documents?: Documents[] }; answer: Record<string, unknown> };
  /** One return: its clock, what came back, what is given back */
  'GET /v1/returns/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** The goods of a return are back */
  'POST /v1/returns/{id}/arrivals': { path: { id: string }; body: { operator: string; place: string; back: string; condition: "as-sent" | "damaged" | "differs" }; answer: Record<string, unknown> };
  /** Open a book of a bonded place */
  'POST /v1/stock/books': { body: { number: string; operator: string; place: string; office: string; zone?: string }; answer: Record<string, unknown> };
  /** The books that you keep, or in which goods of yours lie */
  'GET /v1/stock/books': { query?: { after?: string }; answer: Record<string, unknown> };
  /** A book with a page of its lines */
  'GET /v1/stock/books/{book}': { path: { book: string }; query?: { after?: string }; answer: Record<string, unknown> };
  /** A line of a book with its movements */
  'GET /v1/stock/books/{book}/lines/{item}': { path: { book: string; item: string }; query?: { before?: string }; answer: Record<string, unknown> };
  /** Hold a draft of the law against the parcels of a period */
  'POST /v1/law/drafts/{id}/replays': { path: { id: string }; body: { from: string; until: string; assumed?: string }; answer: Record<string, unknown> };
  /** The replays of a draft, the last one first */
  'GET /v1/law/drafts/{id}/replays': { path: { id: string }; answer: Record<string, unknown> };
  /** A replay: how far it has come, and what it came to */
  'GET /v1/replays/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** End a replay that is not done */
  'POST /v1/replays/{id}/cancellation': { path: { id: string }; answer: Record<string, unknown> };
  /** The parcel behind an example, for whoever may see it */
  'GET /v1/replays/{id}/examples/{handle}': { path: { id: string; handle: string }; answer: Record<string, unknown> };
  /** Suggest codes for goods that are described in words; for anybody */
  'POST /v1/commodity-suggestions': { body: { lines: ({ description: Name })[] }; answer: Record<string, unknown> };
  /** A suggestion as it was given, and what was chosen of it */
  'GET /v1/commodity-suggestions/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** Note which of the suggested codes was chosen for a line; it files nothing */
  'POST /v1/commodity-suggestions/{id}/choices': { path: { id: string }; body: { line: number; commodity: string }; answer: Record<string, unknown> };
  /** Publish what a port charges from a day on */
  'POST /v1/port-tariffs': { body: { operator: string; port: string; name: Name; from: string; currency: string; source: string; fees: ({ id: string; name: Name; unit: "consignment" | "container" | "tonne" | "cubic-metre" | "piece"; daily: boolean; freeDays?: number; amount: string; minimum?: string })[] }; answer: Record<string, unknown> };
  /** The ports and their tariffs on a day; for anybody */
  'GET /v1/port-tariffs': { query?: { on?: string }; answer: Record<string, unknown> };
  /** A port’s tariff on a day, and what comes later; for anybody */
  'GET /v1/port-tariffs/{operator}/{port}': { path: { operator: string; port: string }; query?: { on?: string }; answer: Record<string, unknown> };
  /** What a port asks for a cargo, fee by fee; for anybody */
  'GET /v1/port-tariffs/{operator}/{port}/fees': { path: { operator: string; port: string }; query?: { on?: string; days?: string; consignment?: string; container?: string; tonne?: string; 'cubic-metre'?: string; piece?: string }; answer: Record<string, unknown> };
  /** Where a parcel is, by its declaration, waybill, barcode, order or container */
  'GET /v1/cargo/{mark}': { path: { mark: string }; answer: Record<string, unknown> };
  /** Report money that came from abroad for an export */
  'POST /v1/receipts': { body: { provider: string; reference: string; exporter: string; order?: { platform: string; number: string }; declaration?: { filer: string; id: string }; amount: Total; received: string }; answer: Record<string, unknown> };
  /** The receipts that one reported, or those of an exporter */
  'GET /v1/receipts': { query?: { exporter?: string }; answer: Record<string, unknown> };
  /** What an exporter sent and what came for it, in each currency */
  'GET /v1/exchange/{exporter}': { path: { exporter: string }; query?: { settled?: "yes" | "no" }; answer: Record<string, unknown> };
  /** Transfers that you carry, keep or have a piece on, newest first */
  'GET /v1/transfers': { query?: { status?: "prepared" | "departed" | "arrived" | "closed" | "withdrawn"; before?: string; limit?: string }; answer: Record<string, unknown> };
  /** A transfer departs; its guarantee is held and its time limit begins */
  'POST /v1/transfers/{id}/departure': { path: { id: string }; body: { departed: string; seals?: string[]; conveyance?: string; leftBehind?: string[] }; answer: Record<string, unknown> };
  /** Take back a transfer that has not departed */
  'POST /v1/transfers/{id}/withdrawal': { path: { id: string }; answer: Record<string, unknown> };
  /** The carrier says what happened to what is missing */
  'POST /v1/transfers/{id}/explanation': { path: { id: string }; body: { reason: string }; answer: Record<string, unknown> };
  /** One transfer: how many pieces are where, and its guarantee */
  'GET /v1/transfers/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** Where each piece of a transfer is */
  'GET /v1/transfers/{id}/pieces': { path: { id: string }; query?: { state?: "origin" | "under-way" | "arrived" | "missing" | "elsewhere"; after?: string; limit?: string }; answer: Record<string, unknown> };
  /** What a piece is to the place where it was scanned */
  'GET /v1/transfers/scans/{barcode}': { path: { barcode: string }; answer: Record<string, unknown> };
  /** One of your slips: where it stands, and what contradicts it */
  'GET /v1/orders/{sender}/{number}': { path: { sender: string; number: string }; answer: Record<string, unknown> };
  /** One of your slips: where it stands, and what contradicts it */
  'GET /v1/payments/{sender}/{number}': { path: { sender: string; number: string }; answer: Record<string, unknown> };
  /** One of your slips: where it stands, and what contradicts it */
  'GET /v1/transports/{sender}/{number}': { path: { sender: string; number: string }; answer: Record<string, unknown> };
  /** One of your slips: where it stands, and what contradicts it */
  'GET /v1/declarations/{sender}/{number}': { path: { sender: string; number: string }; answer: Record<string, unknown> };
  /** A signed upload statement, as it was received */
  'GET /v1/statements/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** Your slips, newest first, and how many stand where */
  'GET /v1/slips': { query?: { slip?: "order" | "payment" | "transport" | "declaration"; state?: "received" | "matched" | "contradicts" | "used" | "expired"; before?: string; limit?: string }; answer: Record<string, unknown> };
  /** Find a parcel by its number and a fact that only its buyer knows */
  'POST /v1/enquiries': { body: { number: string; fact: string }; answer: Record<string, unknown> };
  /** Give a fact, object, ask a person or give the parcel up, as the person who waits for it */
  'POST /v1/enquiries/steps': { body: { number: string; fact: string; parcel?: string; step: "fact" | "object" | "question" | "give-up"; text: string }; answer: Record<string, unknown> };
  /** Where a parcel is, by a link that its buyer sent on */
  'GET /v1/enquiries/links/{token}': { path: { token: string }; answer: Record<string, unknown> };
  /** How ready an economy is by its answers to twenty questions; nothing is stored */
  'GET /v1/readiness': { query: { answers: string }; answer: Record<string, unknown> };
  /** Report fraud, with or without saying who one is */
  'POST /v1/fraud-reports': { body: { kind: "false-shop" | "counterfeit" | "false-declaration" | "false-message" | "other"; text: string; where?: string; contact?: string }; answer: Record<string, unknown> };
  /** What became of a report of fraud */
  'GET /v1/fraud-reports/{number}': { path: { number: string }; answer: Record<string, unknown> };
  /** Parcels with the flow of their money, their goods and their clearance, what went wrong first */
  'GET /v1/flows': { query?: { mark?: string; exception?: "payment-failed" | "mismatch" | "held" | "stopped" | "slips" | "late" | "undecided" }; answer: Record<string, unknown> };
  /** One parcel with everything that was told of its money and its goods */
  'GET /v1/flows/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** Close a month */
  'POST /v1/summaries/runs': { body: { month: string; declarant?: string }; answer: Record<string, unknown> };
  /** The last closings of months */
  'GET /v1/summaries/runs': { answer: Record<string, unknown> };
  /** The closing of a month: how far it has come */
  'GET /v1/summaries/runs/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** The summary declarations of a month */
  'GET /v1/summaries': { query?: { month?: string; after?: string }; answer: Record<string, unknown> };
  /** A summary declaration: its lines as filed, their corrections, and what stands now */
  'GET /v1/summaries/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** A line of a summary with its checklists */
  'GET /v1/summaries/{id}/lines/{number}': { path: { id: string; number: string }; query?: { after?: string }; answer: Record<string, unknown> };
  /** The summary lines of a checklist, or why it stands in none */
  'GET /v1/consignments/{id}/summary': { path: { id: string }; answer: Record<string, unknown> };
  /** Released checklists that stand in no summary, with the reason */
  'GET /v1/summaries/alone': { query?: { month?: string; after?: string }; answer: Record<string, unknown> };
  /** Every figure of a month, for authorities */
  'GET /v1/statistics/figures': { query?: { month?: string }; answer: Record<string, unknown> };
  /** The months of which figures are published */
  'GET /v1/statistics': { answer: Record<string, unknown> };
  /** What is published of a month */
  'GET /v1/statistics/{month}': { path: { month: string }; answer: Record<string, unknown> };
  /** What happened to your parcels, oldest first, after a cursor; the first reading opens the inbox */
  'GET /v1/events': { query?: { after?: string; limit?: string; kind?: string }; answer: Record<string, unknown> };
  /** Your webhooks */
  'GET /v1/webhooks': { answer: Record<string, unknown> };
  /** Have news of your parcels sent: the secret is in this answer only */
  'POST /v1/webhooks': { body: { url: string; kinds?: null | ("clearance.waiting" | "clearance.decided" | "clearance.presented" | "clearance.short-landed" | "clearance.released" | "clearance.control-lifted" | "clearance.control-restored" | "clearance.redetermined" | "clearance.amended" | "clearance.denied" | "clearance.cancelled" | "clearance.disposed" | "clearance.kept-back" | "clearance.leaving" | "clearance.left" | "clearance.export-proven" | "clearance.return-applied" | "clearance.returned" | "clearance.return-ended" | "cases.moved" | "treasury.issued" | "treasury.secured" | "treasury.reissued" | "treasury.cancelled" | "treasury.reinstated" | "treasury.paid" | "treasury.refunded" | "trade.goods" | "trade.money")[]; size?: number }; answer: Record<string, unknown> };
  /** One webhook */
  'GET /v1/webhooks/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** Change, pause or resume a webhook */
  'PUT /v1/webhooks/{id}': { path: { id: string }; body: { url?: string; kinds?: null | ("clearance.waiting" | "clearance.decided" | "clearance.presented" | "clearance.short-landed" | "clearance.released" | "clearance.control-lifted" | "clearance.control-restored" | "clearance.redetermined" | "clearance.amended" | "clearance.denied" | "clearance.cancelled" | "clearance.disposed" | "clearance.kept-back" | "clearance.leaving" | "clearance.left" | "clearance.export-proven" | "clearance.return-applied" | "clearance.returned" | "clearance.return-ended" | "cases.moved" | "treasury.issued" | "treasury.secured" | "treasury.reissued" | "treasury.cancelled" | "treasury.reinstated" | "treasury.paid" | "treasury.refunded" | "trade.goods" | "trade.money")[]; size?: number; state?: "active" | "paused" }; answer: Record<string, unknown> };
  /** Remove a webhook */
  'DELETE /v1/webhooks/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** A new secret; the one before it signs too for a day */
  'POST /v1/webhooks/{id}/secret': { path: { id: string }; answer: Record<string, unknown> };
  /** Batches that were given up, with the last answer to each */
  'GET /v1/webhooks/{id}/dead-letters': { path: { id: string }; answer: Record<string, unknown> };
  /** Send a dead letter again, under the same ids */
  'POST /v1/webhooks/{id}/dead-letters/{batch}/replay': { path: { id: string; batch: string }; answer: Record<string, unknown> };
  /** The same as server-sent events, from now on, after a cursor, or after the Last-Event-ID that a reader sends */
  'GET /v1/events/stream': { query?: { after?: string; kind?: string }; answer: Record<string, unknown> };
  /** The keys of your party, without the keys themselves */
  'GET /v1/keys': { answer: Record<string, unknown> };
  /** Make a key for your party: it is in this answer and nowhere else */
  'POST /v1/keys': { body: { name: string; scopes: ("file" | "read" | "pay")[]; until?: string | null }; answer: Record<string, unknown> };
  /** Make a key in the place of another; that one counts some more days */
  'POST /v1/keys/{id}/rotation': { path: { id: string }; body: { overlap: number }; answer: Record<string, unknown> };
  /** Revoke a key: nothing is filed under it once this is answered */
  'DELETE /v1/keys/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** What a key asked for last: time, address, status and problem */
  'GET /v1/keys/{id}/requests': { path: { id: string }; query?: { before?: string; limit?: string }; answer: Record<string, unknown> };
  /** A message with what became of each of its nodes */
  'GET /v1/messages/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** The receipts of a message as they stand now, in its own format */
  'GET /v1/messages/{id}/receipts': { path: { id: string }; answer: Record<string, unknown> };
  /** A message written again from what was understood of it and what stands since */
  'GET /v1/messages/{id}/written': { path: { id: string }; answer: Record<string, unknown> };
  /** A message exactly as it came */
  'GET /v1/messages/{id}/original': { path: { id: string }; answer: Record<string, unknown> };
  /** The notices on a declaration that came as a message */
  'GET /v1/messages/{id}/notices': { path: { id: string }; answer: Record<string, unknown> };
  /** One notice, in its own format */
  'GET /v1/messages/{id}/notices/{number}': { path: { id: string; number: string }; answer: Record<string, unknown> };
  /** A parcel in another system’s format */
  'GET /v1/consignments/{id}/as/{kind}': { path: { id: string; kind: string }; query?: { rate?: string }; answer: Record<string, unknown> };
  /** File a parcel that was written in the fields of the form */
  'POST /v1/filings': { body: { id: string; party?: string; language: string; values: Record<string, string> }; answer: Record<string, unknown> };
  /** Attach photographs or papers to a filing */
  'POST /v1/filings/{id}/photos': { path: { id: string }; answer: Record<string, unknown> };
  /** Announce a table of parcels */
  'POST /v1/tables': { body: { name: string; size: number }; answer: Record<string, unknown> };
  /** How a table stands */
  'GET /v1/tables/{id}': { path: { id: string }; answer: Record<string, unknown> };
  /** Go on with a table for a moment */
  'POST /v1/tables/{id}/steps': { path: { id: string }; answer: Record<string, unknown> };
  /** Send the next piece of a table */
  'PUT /v1/tables/{id}/pieces/{at}': { path: { id: string; at: string }; answer: Record<string, unknown> };
  /** Sealed segments of the journal with their roots, newest first */
  'GET /v1/segments': { query?: { before?: string; limit?: string }; answer: { segments: Segments[]; next: number | null } };
  /** One sealed segment of the journal, with its leaf */
  'GET /v1/segments/{number}': { path: { number: string }; answer: Record<string, unknown> };
  /** How the window runs: availability by day, age of open work, last backup, incidents */
  'GET /v1/status': { answer: { at: string; measuredSince: string | null; available: string | null; days: ({ day: string; available: string | null; unansweredSeconds: number; unmeasuredSeconds: number })[]; queue: { forPersonSeconds: number | null; forDataSeconds: number | null; newsSeconds: number }; lastBackup: string | null; lastProved: string | null; lastSegment: Segments | null; incidents: ({ id: string; began: string; ended: string | null; words: Record<string, { title: string; text: string }> })[] } };
}
