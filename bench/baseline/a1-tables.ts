import { type CommonTables, commonTables, type Whole } from './database.ts';

/** Normalised rows: what a parcel says has a column each, its goods, slips, charges and checks have tables. */
export const tables = `${commonTables}
  create table clients (hash bytea primary key, party text not null);
  create table parties (identifier text primary key, name text not null, roles text[] not null, status text not null);
  create table representations (
    represented text, representative text, scope text[] not null, valid_from date not null,
    primary key (represented, representative)
  );
  create table tariff (
    commodity text, duty text, tax text, permit text, valid_from date, primary key (commodity, valid_from)
  );
  create table keys (
    filer text, declaration text, parcel uuid not null, digest bytea not null, primary key (filer, declaration)
  );
  create table parcels (
    id uuid primary key, filer text not null, declaration text not null, received timestamptz not null,
    movement text not null, nature text not null, office text, place_of_goods text, declarant text not null,
    representation text, importer text, seller text, guarantor text, consignor text not null, consignee text not null,
    dispatch text, destination text, route text, outcome text not null, status text not null, desk text,
    ground text, currency text, border bigint not null, secured boolean not null, used text not null,
    decision_digest bytea not null
  );
  create index parcels_filer on parcels (filer, id desc);
  create index parcels_seller on parcels (seller, id desc);
  create table goods (
    parcel uuid, line int, description text not null, language text not null, commodity text, origin text, quantity text, net_weight text,
    gross_weight text, price text not null, currency text not null, primary key (parcel, line)
  );
  create table orders (
    platform text, number text, parcel uuid, seller text, buyer text, total text not null, currency text not null,
    placed timestamptz, primary key (platform, number, parcel)
  );
  create table payments (
    provider text, reference text, parcel uuid, order_number text not null, method text, amount text not null,
    currency text not null, paid timestamptz, primary key (provider, reference, parcel)
  );
  create table transports (
    document text, parcel uuid, carrier text not null, master text, gross_weight text, primary key (document, parcel)
  );
  create table pieces (barcode text, parcel uuid, document text not null, weight text, primary key (barcode, parcel));
  create table charges (
    parcel uuid, charge text, base text, rate text, amount text, rule text not null, source text not null
  );
  create index charges_parcel on charges (parcel);
  create table checks (parcel uuid, check_id text, result text not null, reason text not null, params text not null);
  create index checks_parcel on checks (parcel);
`;

type Text = string | null;

export interface Tables extends CommonTables {
  clients: { hash: Buffer; party: string };
  parties: { identifier: string; name: string; roles: string[]; status: string };
  representations: { represented: string; representative: string; scope: string[]; valid_from: string };
  tariff: { commodity: string; duty: string; tax: string; permit: Text; valid_from: string };
  keys: { filer: string; declaration: string; parcel: string; digest: Buffer };
  parcels: {
    id: string;
    filer: string;
    declaration: string;
    received: string;
    movement: string;
    nature: string;
    office: Text;
    place_of_goods: Text;
    declarant: string;
    representation: Text;
    importer: Text;
    seller: Text;
    guarantor: Text;
    consignor: string;
    consignee: string;
    dispatch: Text;
    destination: Text;
    route: Text;
    outcome: string;
    status: string;
    desk: Text;
    ground: Text;
    currency: Text;
    border: Whole;
    secured: boolean;
    used: string;
    decision_digest: Buffer;
  };
  goods: {
    parcel: string;
    line: number;
    description: string;
    language: string;
    commodity: Text;
    origin: Text;
    quantity: Text;
    net_weight: Text;
    gross_weight: Text;
    price: string;
    currency: string;
  };
  orders: {
    platform: string;
    number: string;
    parcel: string;
    seller: Text;
    buyer: Text;
    total: string;
    currency: string;
    placed: Text;
  };
  payments: {
    provider: string;
    reference: string;
    parcel: string;
    order_number: string;
    method: Text;
    amount: string;
    currency: string;
    paid: Text;
  };
  transports: { document: string; parcel: string; carrier: string; master: Text; gross_weight: Text };
  pieces: { barcode: string; parcel: string; document: string; weight: Text };
  charges: {
    parcel: string;
    charge: string;
    base: Text;
    rate: Text;
    amount: Text;
    rule: string;
    source: string;
  };
  checks: { parcel: string; check_id: string; result: string; reason: string; params: string };
}
