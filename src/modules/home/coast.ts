import { type Harbour, harboursOfTheCoast, type Route } from '#portal/portolan.ts';
import { type Language, languages } from '#portal/language.ts';
import { words } from '#portal/text.ts';
import type { Office, Pack } from '#modules/rulebook/index.ts';
import type { LaneCount } from './model.ts';

/**
 * The coast of the chart is invented; what its harbours stand for is not: in the west the offices of this window, in
 * the east the busiest places that parcels are sent from.
 */
const west = ['maestro', 'acquamorta', 'ostria', 'garbino', 'franca'];
const east = ['rosalba', 'sirocca', 'grecale'];

const inAll = (say: (lang: Language) => string): Record<Language, string> =>
  Object.fromEntries(languages.map(({ code }) => [code, say(code)]));

/** The town of an office and what kind of border it is: its full name has no room on a chart. */
function officeName(office: Office, lang: Language): string {
  const whole = office.name[lang] ?? office.name['en'] ?? office.id;
  const town = whole.split(/[,，،]/, 1)[0] ?? whole;
  return office.mode === null ? town : `${town} · ${words(lang)(`home.office.${office.mode}`)}`;
}

const busiest = (lanes: readonly LaneCount[], place: 'origin' | 'office'): string[] => {
  const sums = new Map<string, number>();
  for (const lane of lanes) sums.set(lane[place], (sums.get(lane[place]) ?? 0) + lane.volume);
  return [...sums].sort(([, a], [, b]) => b - a).map(([name]) => name);
};

/** The harbours of the chart and the routes between them, from the lanes that were counted. */
export function coastOf(pack: Pack, lanes: readonly LaneCount[]): { harbours: Harbour[]; routes: Route[] } {
  const places = new Map(harboursOfTheCoast().map((harbour) => [harbour.id, harbour]));
  const used = busiest(lanes, 'office');
  const rank = (office: Office): number => (used.indexOf(office.id) + used.length + 1) % (used.length + 1);
  const offices = pack.offices.toSorted((a, b) => rank(a) - rank(b)).slice(0, west.length);
  const origins = busiest(lanes, 'origin').slice(0, east.length);
  const harbours: Harbour[] = [];
  const stand = (id: string | undefined, mark: string, name: Record<Language, string>): void => {
    const place = id === undefined ? undefined : places.get(id);
    if (place) harbours.push({ ...place, id: mark, name });
  };
  offices.forEach((office, index) =>
    stand(
      west[index],
      `office ${office.id}`,
      inAll((lang) => officeName(office, lang)),
    ),
  );
  origins.forEach((origin, index) =>
    stand(
      east[index],
      `origin ${origin}`,
      inAll(() => origin),
    ),
  );
  const routes = lanes.map(({ origin, office, volume, waiting }) => ({
    from: `origin ${origin}`,
    to: `office ${office}`,
    volume,
    waiting,
  }));
  return { harbours, routes };
}
