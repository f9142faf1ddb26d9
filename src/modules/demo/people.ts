import type { Consignment } from '#modules/rulebook/index.ts';
import { Chance } from './random.ts';

type Declared = Consignment['declaration'];
export type Buyer = NonNullable<Declared['consignee']>;
type Written = Buyer['name'];

/** Parts of names that nobody is known to bear, in the scripts that parcels really carry, each with its Latin form. */
interface Tongue {
  readonly language: string;
  readonly share: number;
  readonly given: readonly (readonly [written: string, latin: string])[];
  readonly family: readonly (readonly [written: string, latin: string])[];
  readonly familyFirst: boolean;
}

const plain = (...names: readonly string[]): (readonly [string, string])[] => names.map((name) => [name, name]);

const tongues: readonly Tongue[] = [
  {
    language: 'it',
    share: 46,
    given: plain('Alba', 'Bruna', 'Celso', 'Dora', 'Elio', 'Fosca', 'Gildo', 'Ilda', 'Lino', 'Mirto', 'Nives', 'Orso'),
    family: plain(
      'Scogliera',
      'Maretti',
      'Bonaccia',
      'Altomare',
      'Ventolin',
      'Ripamare',
      'Salsedo',
      'Vellani',
      'Ormeggi',
      'Cabotti',
    ),
    familyFirst: false,
  },
  {
    language: 'ar',
    share: 18,
    given: [
      ['سلمى', 'Salma'],
      ['نادر', 'Nadir'],
      ['ريم', 'Rim'],
      ['طارق', 'Tariq'],
      ['هالة', 'Hala'],
      ['زياد', 'Ziyad'],
    ],
    family: [
      ['البحري', 'al-Bahri'],
      ['المرسى', 'al-Marsa'],
      ['السفان', 'as-Saffan'],
      ['الشراعي', "ash-Shira'i"],
      ['الميناوي', 'al-Minawi'],
    ],
    familyFirst: false,
  },
  {
    language: 'zh',
    share: 12,
    given: [
      ['海宁', 'Haining'],
      ['文帆', 'Wenfan'],
      ['月澜', 'Yuelan'],
      ['子舟', 'Zizhou'],
      ['清屿', 'Qingyu'],
    ],
    family: [
      ['林', 'Lin'],
      ['江', 'Jiang'],
      ['沈', 'Shen'],
      ['方', 'Fang'],
      ['岳', 'Yue'],
    ],
    familyFirst: true,
  },
  {
    language: 'el',
    share: 10,
    given: [
      ['Δανάη', 'Danai'],
      ['Στράτος', 'Stratos'],
      ['Μελίνα', 'Melina'],
      ['Φώτης', 'Fotis'],
    ],
    family: [
      ['Θαλασσινού', 'Thalassinou'],
      ['Λιμενάρης', 'Limenaris'],
      ['Ακρογιάλη', 'Akrogiali'],
      ['Καραβίτης', 'Karavitis'],
    ],
    familyFirst: false,
  },
  {
    language: 'uk',
    share: 8,
    given: [
      ['Мирослава', 'Myroslava'],
      ['Остап', 'Ostap'],
      ['Злата', 'Zlata'],
      ['Тарас', 'Taras'],
    ],
    family: [
      ['Причал', 'Prychal'],
      ['Затока', 'Zatoka'],
      ['Вітрильник', 'Vitrylnyk'],
      ['Маяченко', 'Maiachenko'],
    ],
    familyFirst: false,
  },
  {
    language: 'ko',
    share: 6,
    given: [
      ['하늘', 'Haneul'],
      ['다온', 'Daon'],
      ['바다', 'Bada'],
      ['새론', 'Saeron'],
    ],
    family: [
      ['한', 'Han'],
      ['해', 'Hae'],
      ['포', 'Po'],
    ],
    familyFirst: true,
  },
];
const shareSum = tongues.reduce((sum, { share }) => sum + share, 0);

const towns = [
  ['Porto Ponente', '1000'],
  ['Porto Ponente', '1010'],
  ['Calaserena', '2100'],
  ['Vallombra', '3200'],
  ['Stagnone', '3350'],
  ['Torre del Gallo', '4100'],
  ['Isola Grigia', '5005'],
] as const;
const streets = [
  'Via del Molo',
  'Calle dei Cordai',
  'Riva degli Scali',
  'Via della Lanterna',
  'Salita San Bruno',
  'Viale dei Pini',
  'Via delle Reti',
] as const;

/** The country of everyone here: Ponenta, the first of the two teaching economies. */
export const homeCountry = 'XP';

/** The consumer who is registered as importer has the number nought. */
export const consumerNumber = 0;

/** A consumer of Ponenta by his number: the same number is the same person with the same identity, whatever he buys. */
export function buyer(number: number): Buyer {
  const chance = new Chance(0xb0e, number);
  const town = chance.pick(towns);
  return {
    name: number === consumerNumber ? { text: 'Alba Ripamare', language: 'it' } : nameOf(chance),
    identity: { type: 'NID', number: `${homeCountry}${String(number).padStart(9, '0')}` },
    address: {
      lines: [`${chance.pick(streets)} ${chance.between(1, 180)}`],
      city: town[0],
      postcode: town[1],
      country: homeCountry,
      language: 'it',
    },
    private: true,
  };
}

function nameOf(chance: Chance): Written {
  let place = chance.below(shareSum);
  const tongue = tongues.find(({ share }) => (place -= share) < 0) ?? tongues[0]!;
  const [given, givenLatin] = chance.pick(tongue.given);
  const [family, familyLatin] = chance.pick(tongue.family);
  const latin = `${givenLatin} ${familyLatin}`;
  const text = tongue.familyFirst ? `${family}${given}` : `${given} ${family}`;
  return text === latin ? { text, language: tongue.language } : { text, language: tongue.language, latin };
}

/** Who sends from abroad: relatives and workshops of Levanta and of the world beyond the chart. */
export function sender(number: number, country: string): NonNullable<Declared['consignor']> {
  const chance = new Chance(0x5e4d, number);
  return {
    name: nameOf(chance),
    address: {
      lines: [`${chance.between(1, 90)} ${chance.pick(['Harbour Road', 'Old Quay', 'Cedar Lane', 'Market Street'])}`],
      city: chance.pick(['Bandar Shams', 'Rasel', 'Umm Zaytun']),
      country,
    },
  };
}
