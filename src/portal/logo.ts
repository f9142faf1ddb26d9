/** Parts of SVG that only draw; whatever else a file holds could do something or fetch something. */
const drawing = new Set([
  'svg',
  'g',
  'path',
  'rect',
  'circle',
  'ellipse',
  'line',
  'polyline',
  'polygon',
  'text',
  'tspan',
  'title',
  'desc',
  'defs',
  'clipPath',
  'mask',
  'linearGradient',
  'radialGradient',
  'stop',
  'symbol',
  'use',
]);

const largest = 30_000;

/**
 * What keeps an SVG from being a logo, or null: it may draw and nothing else. A browser runs nothing in a picture
 * either; this holds for those who open the file by its address, too.
 */
export function svgFault(text: string): string | null {
  if (text.length > largest) return `is larger than ${largest} characters`;
  if (/<!|<\?(?!xml )|&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.test(text))
    return 'holds a declaration, an entity or a comment; save it as plain SVG';
  const tags = [...text.matchAll(/<\/?([A-Za-z][\w:-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/g)];
  if (tags[0]?.[1] !== 'svg') return 'does not begin with <svg>';
  for (const [, name = '', attributes = ''] of tags) {
    if (!drawing.has(name)) return `holds <${name}>, which is no part of a plain drawing`;
    if (/(?:^|[\s/"'])on\w+\s*=/i.test(attributes)) return `has a handler on <${name}>`;
    if (/(?:^|[\s/"'])style\s*=/i.test(attributes)) return `has a style on <${name}>; use attributes such as fill`;
    if (/(?:href|src)\s*=\s*(?!["']#)/i.test(attributes) || /url\(\s*(?!["']?#)/i.test(attributes))
      return `leads out of itself on <${name}>`;
  }
  const between = text.replaceAll(/<\/?[A-Za-z][\w:-]*(?:[^>"']|"[^"]*"|'[^']*')*>|<\?xml [^>]*\?>/g, '');
  return /[<>]/.test(between) ? 'is not well formed' : null;
}
