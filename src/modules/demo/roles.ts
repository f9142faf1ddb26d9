/** The registered identifiers of the parties in the demonstration, and of the authorities that `xp` names. */
export const ids = {
  /** A small workshop in Levanta, Ponenta's neighbour: sells, and declares for itself. */
  seller: 'XL-LANTERN',
  /** Another one, whose guarantee account is small. */
  smallest: 'XL-KORALL',
  platform: 'XL-BAZAAR',
  /** The customs agent that declares for the sellers of the platform. */
  agent: 'XP-FARO',
  carrier: 'XP-PETREL',
  operator: 'XP-CAPO',
  /** Who keeps the dry port of the other zone, where batch transfers arrive. */
  dryPort: 'XP-VALLE',
  post: 'XP-POST',
  payments: 'XL-PAYLINK',
  guarantor: 'XP-MUTUA',
  /** A weaving mill of Ponenta that sells abroad and declares its exports itself. */
  exporter: 'XP-TESSERA',
  /** A consumer who is registered as importer, so that the parcels sent to her are hers to follow and to pay. */
  consumer: 'XP-C-RIPAMARE',
} as const;

/** The sellers on the platform. The small workshop is the first of them. */
export const sellers: readonly string[] = [
  ids.seller,
  ...Array.from({ length: 23 }, (_, index) => `XL-S-${String(index + 1).padStart(3, '0')}`),
];
