/**
 * What the invented parcels hold: each thing with its heading in the Harmonized System (edition 2022), a range of
 * prices in minor units of Ponenta's currency and of weights in grams, and what its label says. The codes, categories
 * and documents are those that the pack `xp` knows; a test holds every entry against the engine.
 */
export interface Ware {
  readonly commodity: string;
  /** The category of the simplified list (Electronic Commerce Order, annex A); null where the list has none. */
  readonly category: string | null;
  readonly origin: readonly string[];
  readonly price: readonly [low: number, high: number];
  readonly grams: readonly [low: number, high: number];
  readonly words: readonly Label[];
}

interface Label {
  readonly text: string;
  readonly language: string;
  readonly latin?: string;
}

const en = (text: string): Label => ({ text, language: 'en' });
const it = (text: string): Label => ({ text, language: 'it' });
const zh = (text: string, latin: string): Label => ({ text, language: 'zh', latin });
const ar = (text: string, latin: string): Label => ({ text, language: 'ar', latin });
const ko = (text: string, latin: string): Label => ({ text, language: 'ko', latin });
const el = (text: string, latin: string): Label => ({ text, language: 'el', latin });

const ware = (
  commodity: string,
  category: string | null,
  origin: string,
  price: readonly [number, number],
  grams: readonly [number, number],
  ...words: readonly Label[]
): Ware => ({ commodity, category, origin: origin.split(' '), price, grams, words });

/** Everyday things that need nothing but their charges. */
export const ordinaryWares: readonly Ware[] = [
  ware(
    '610910',
    't-shirt',
    'XL CN BD',
    [900, 3_500],
    [140, 260],
    en('Cotton T-shirt'),
    it('Maglietta di cotone'),
    zh('纯棉T恤', 'Chunmian T-xu'),
  ),
  ware(
    '620442',
    'dress',
    'XL IN',
    [2_500, 8_900],
    [280, 600],
    en('Summer dress, cotton'),
    ar('فستان صيفي من القطن', 'fustan sayfi min al-qutn'),
  ),
  ware(
    '640419',
    null,
    'CN VN',
    [2_900, 9_500],
    [500, 1_100],
    en('Canvas shoes with rubber soles'),
    zh('帆布鞋', 'fanbuxie'),
  ),
  ware('420222', 'handbag', 'XL CN', [1_900, 9_900], [300, 900], en('Handbag, textile outer'), it('Borsa di tela')),
  ware(
    '851830',
    'earphones',
    'CN VN',
    [1_500, 9_900],
    [60, 320],
    en('Wireless earphones'),
    zh('无线耳机', 'wuxian erji'),
    ko('무선 이어폰', 'museon ieopon'),
  ),
  ware('854442', null, 'CN', [400, 1_900], [40, 180], en('Charging cable with plugs'), zh('充电线', 'chongdianxian')),
  ware('950300', 'toy', 'CN XL', [700, 5_900], [120, 1_200], en('Wooden puzzle for children'), it('Gioco di legno')),
  ware(
    '490199',
    'book',
    'XL GB',
    [800, 3_900],
    [200, 900],
    en('Printed book'),
    ar('كتاب مطبوع', 'kitab matbu'),
    el('Βιβλίο', 'Vivlio'),
  ),
  ware(
    '711719',
    'jewellery',
    'XL CN IN',
    [500, 4_900],
    [10, 90],
    en('Imitation jewellery, bracelet'),
    ar('سوار', 'siwar'),
  ),
  ware('330499', 'cosmetics', 'KR FR', [900, 6_500], [60, 280], en('Face cream'), ko('수분 크림', 'subun keurim')),
  ware('392410', null, 'CN XL', [600, 2_900], [150, 700], en('Plastic kitchen containers'), zh('保鲜盒', 'baoxianhe')),
  ware('691110', null, 'XL CN', [1_200, 7_900], [300, 1_400], en('Porcelain cups'), it('Tazze di porcellana')),
  ware('910211', 'watch', 'CN JP', [1_900, 9_900], [60, 180], en('Wrist-watch with hands'), zh('手表', 'shoubiao')),
  ware('900410', null, 'CN IT', [900, 7_900], [30, 90], en('Sunglasses'), el('Γυαλιά ηλίου', 'Gyalia iliou')),
  ware(
    '570242',
    null,
    'XL IN',
    [3_900, 9_900],
    [900, 3_500],
    en('Small woven rug'),
    ar('سجادة صغيرة', 'sajjada saghira'),
  ),
];

/** Those of the simplified list, which may be declared by category. */
export const listedWares: readonly Ware[] = ordinaryWares.filter(({ category }) => category !== null);

/** Things worth more than the low-value limit. */
export const dearWares: readonly Ware[] = [
  ware('851713', null, 'CN VN KR', [22_000, 69_900], [180, 420], en('Smartphone'), zh('智能手机', 'zhineng shouji')),
  ware('847130', null, 'CN', [35_000, 89_000], [1_100, 2_600], en('Portable computer')),
  ware('871200', null, 'XL CN', [24_000, 79_000], [9_000, 15_000], en('Bicycle without motor'), it('Bicicletta')),
  ware(
    '940161',
    null,
    'XL',
    [19_000, 59_000],
    [6_000, 14_000],
    en('Upholstered chair with wooden frame'),
    ar('كرسي منجد', 'kursi munajjad'),
  ),
];

/** Things that come in only with a document of an authority, and which document that is. */
export const permitWares: readonly (Ware & { readonly document: string })[] = [
  {
    ...ware('120991', null, 'XL IN', [500, 1_900], [20, 90], en('Vegetable seeds'), ar('بذور خضار', 'budhur khudar')),
    document: 'PHYTO',
  },
  {
    ...ware('060110', null, 'XL', [900, 3_500], [200, 900], en('Flower bulbs'), it('Bulbi da fiore')),
    document: 'PHYTO',
  },
  {
    ...ware('040690', null, 'XL', [1_200, 4_500], [400, 1_500], en('Sheep cheese, ripened'), el('Τυρί', 'Tyri')),
    document: 'VET',
  },
];

/** Things that do not come in at all. */
export const prohibitedWares: readonly Ware[] = [
  ware(
    '930700',
    null,
    'XL',
    [2_900, 7_900],
    [400, 1_200],
    en('Ornamental dagger'),
    ar('خنجر للزينة', 'khanjar lil-zina'),
  ),
];
