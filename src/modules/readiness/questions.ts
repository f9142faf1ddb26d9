import { ok, refuse, type Result } from '#kernel/result.ts';

/** The areas of the self-assessment, each with five questions. */
export const areas = ['transactions', 'logistics', 'payment', 'law'] as const;
export type Area = (typeof areas)[number];

/** How much of what a question asks this software brings: all of it, a part, or nothing that software could. */
export type Covered = 'whole' | 'part' | 'none';

export interface Question {
  readonly id: string;
  readonly area: Area;
  readonly covered: Covered;
  /** A page of the window where it is seen. */
  readonly see?: string;
}

const question = (area: Area, id: string, covered: Covered, see?: string): Question => ({
  id,
  area,
  covered,
  ...(see === undefined ? {} : { see }),
});

/**
 * Twenty questions to an economy, after what the United Nations ask in their surveys of digital and sustainable trade
 * facilitation and in their assessments of readiness for electronic commerce. Their order is that of a link's answers.
 */
export const questions: readonly Question[] = [
  question('transactions', 'network', 'part'),
  question('transactions', 'single-window', 'whole', '/'),
  question('transactions', 'identity', 'whole', '/sign-in'),
  question('transactions', 'registry', 'whole'),
  question('transactions', 'dry-run', 'whole', '/assess'),
  question('logistics', 'advance-data', 'whole', '/openapi.json'),
  question('logistics', 'low-value', 'whole', '/rules'),
  question('logistics', 'parcel-track', 'whole', '/find-my-parcel'),
  question('logistics', 'warehouses', 'part', '/ports'),
  question('logistics', 'returns', 'whole'),
  question('payment', 'methods', 'none'),
  question('payment', 'duties', 'whole'),
  question('payment', 'guarantee', 'whole'),
  question('payment', 'rates', 'part'),
  question('payment', 'refunds', 'whole'),
  question('law', 'electronic', 'none'),
  question('law', 'signatures', 'none'),
  question('law', 'data-protection', 'part'),
  question('law', 'consumer', 'part', '/report-fraud'),
  question('law', 'redress', 'whole', '/rules'),
];

/** No, partly, yes; and nothing said. */
export const answerSigns = ['0', '1', '2'] as const;
const pattern = /^[012-]{20}$/;

/** The answers of a link: a sign for each question, `-` where nothing was said. */
export function answersOf(text: string): Result<string> {
  return pattern.test(text) ? ok(text) : refuse('readiness/answers', { pointer: '/answers' });
}

export interface Score {
  readonly area: Area;
  /** Points of the answers: two for yes, one for partly. */
  readonly points: number;
  readonly most: number;
  readonly answered: number;
}

/** How ready each area is by these answers; what was not answered has no points. */
export function scoresOf(answers: string): Score[] {
  return areas.map((area) => {
    const signs = questions.flatMap((one, index) => (one.area === area ? (answers[index] ?? '-') : []));
    const given = signs.filter((sign) => sign !== '-');
    return {
      area,
      points: given.reduce((sum, sign) => sum + Number(sign), 0),
      most: signs.length * 2,
      answered: given.length,
    };
  });
}
