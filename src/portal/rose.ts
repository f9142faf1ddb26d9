import { type Html, raw } from '#kernel/html.ts';

const figure = (value: number): string => String(Math.round(value * 10) / 10);

/** A point at so many degrees clockwise from north and so far from the middle, as SVG writes it. */
export function polar(x: number, y: number, degrees: number, radius: number): string {
  const angle = (degrees * Math.PI) / 180;
  return `${figure(x + radius * Math.sin(angle))} ${figure(y - radius * Math.cos(angle))}`;
}

/** One point of a rose: two triangles from the middle, the one filled, the other open, as engravers cut them. */
function point(degrees: number, long: number, waist: number): { dark: string; light: string } {
  const tip = polar(0, 0, degrees, long);
  return {
    dark: `M0 0L${tip}L${polar(0, 0, degrees + 22.5, waist)}Z`,
    light: `M0 0L${tip}L${polar(0, 0, degrees - 22.5, waist)}Z`,
  };
}

/** The compass rose of our own drawing, eight points around the origin, as the inside of an SVG group. */
export function rose(radius: number): string {
  const minor = [45, 135, 225, 315].map((degrees) => point(degrees, radius * 0.62, radius * 0.2));
  const major = [0, 90, 180, 270].map((degrees) => point(degrees, radius, radius * 0.24));
  const draw = (points: readonly { dark: string; light: string }[]): string =>
    `<path class="rose__light" d="${points.map(({ light }) => light).join('')}"/>` +
    `<path class="rose__dark" d="${points.map(({ dark }) => dark).join('')}"/>`;
  const ring = (share: number): string => `<circle class="rose__ring" r="${figure(radius * share)}"/>`;
  const north = `<path class="rose__north" d="M${polar(0, 0, 0, radius * 1.3)}L${polar(0, 0, 5, radius * 1.08)}L${polar(0, 0, 355, radius * 1.08)}Z"/>`;
  return (
    ring(0.82) +
    ring(0.74) +
    draw(minor) +
    draw(major) +
    north +
    `<circle class="rose__hub" r="${figure(radius * 0.07)}"/>`
  );
}

/** The thirty-two rhumb lines of a rose at a place, each as long as asked; the frame of the drawing cuts them. */
export function rhumbs(x: number, y: number, length: number, from = 0): string {
  const lines = Array.from({ length: 16 }, (_, index) => {
    const degrees = index * 11.25;
    return `M${polar(x, y, degrees, from)}L${polar(x, y, degrees, length)}M${polar(x, y, degrees + 180, from)}L${polar(x, y, degrees + 180, length)}`;
  });
  return `<path class="rhumb" d="${lines.join('')}"/>`;
}

const ornamentSvg = raw(
  `<svg class="ornament" viewBox="0 0 600 340" aria-hidden="true" focusable="false">${rhumbs(508, 104, 660, 62)}<g transform="translate(508 104)" class="rose">${rose(46)}</g></svg>`,
);

/** The ornament of public pages: rhumb lines and a small rose behind the head of the page, nothing to read. */
export const ornament = (): Html => ornamentSvg;

const markSvg = raw(
  '<svg class="mark" viewBox="-16 -16 32 32" width="32" height="32" aria-hidden="true" focusable="false"><circle r="14.5" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M0-13 3.2-3.2 13 0 3.2 3.2 0 13-3.2 3.2-13 0-3.2-3.2Z" fill="none" stroke="currentColor" stroke-width="1.2" stroke-linejoin="round"/><path d="M0-13 3.2-3.2 0 0ZM13 0 3.2 3.2 0 0ZM0 13-3.2 3.2 0 0ZM-13 0-3.2-3.2 0 0Z" fill="currentColor"/></svg>',
);

/** The small mark beside the name. */
export const mark = (): Html => markSvg;
