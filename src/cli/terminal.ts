import type { Clock } from '#platform/clock.ts';
import type { Meter } from './read.ts';

/** Where a command writes: results to `out`, everything that only accompanies them to `err`. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether a person watches `err`, so that a line may be written over. */
  readonly live: boolean;
  readonly clock: Clock;
}

/** What a command leaves behind for a script: see the table in docs/commands.md. */
export const exit = { done: 0, wrong: 1, refused: 2, stopped: 3 } as const;
export type Exit = (typeof exit)[keyof typeof exit];

const barWidth = 30;
const refreshMs = 120;

const counted = new Intl.NumberFormat('en');

/** A count as people read it: 18,786. */
export const count = (value: number): string => counted.format(value);

const timed = (seconds: number): string => {
  const whole = Math.ceil(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  if (minutes === 0) return `${whole} s`;
  if (minutes < 60) return `${minutes}:${two(whole % 60)} min`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)} h`;
};

const clear = ({ live }: Terminal): string => (live ? `\r${' '.repeat(barWidth + 70)}\r` : '');

/** Says a sentence beside what is shown of the progress. */
export const note = (terminal: Terminal, sentence: string): void => terminal.err(`${clear(terminal)}${sentence}\n`);

/** Tells how far a long command is: a bar where a person watches, a plain line at every tenth otherwise. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #meter: Meter;
  readonly #what: string;
  readonly #share: string;
  readonly #started: number;
  /** Where it stood when it was first told: a command that goes on has most of it behind it already. */
  #first: { readonly at: number; readonly done: number; readonly share: number } | undefined;
  #shown = Number.NEGATIVE_INFINITY;
  #tenth = 0;

  /** `share` says what the meter measures, where that is not the input. */
  constructor(terminal: Terminal, meter: Meter, what: string, share = 'of the input read') {
    this.#share = share;
    this.#terminal = terminal;
    this.#meter = meter;
    this.#what = what;
    this.#started = terminal.clock.now();
  }

  /** Called as often as it likes to be; it writes seldom. */
  tick(done: number): void {
    const share = this.#meter.total === 0 ? 1 : Math.min(this.#meter.read / this.#meter.total, 1);
    const tenth = Math.floor(share * 10);
    const now = this.#terminal.clock.now();
    this.#first ??= { at: now, done, share };
    if (this.#terminal.live ? now - this.#shown < refreshMs : tenth <= this.#tenth || tenth >= 10) return;
    this.#shown = now;
    this.#tenth = tenth;
    const words = `${count(done)} ${this.#what}${this.#pace(now, done, share)}`;
    if (!this.#terminal.live) {
      this.#terminal.err(`${tenth * 10} % ${this.#share}, ${words}\n`);
      return;
    }
    const full = Math.round(share * barWidth);
    const bar = `${'█'.repeat(full)}${'░'.repeat(barWidth - full)}`;
    this.#terminal.err(`\r${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${words}    `);
  }

  /** Clears the bar and says how long it took. */
  end(done: number): void {
    const seconds = (this.#terminal.clock.now() - this.#started) / 1000;
    const rate = seconds < 0.5 ? '' : ` (${count(Math.round(done / seconds))}/s)`;
    this.#terminal.err(`${clear(this.#terminal)}${count(done)} ${this.#what} in ${seconds.toFixed(1)} s${rate}\n`);
  }

  /** The rate, and the time that is left if it stays as it was. */
  #pace(now: number, done: number, share: number): string {
    const first = this.#first!;
    const seconds = (now - first.at) / 1000;
    if (seconds < 0.5) return '';
    const rate = ` (${count(Math.round((done - first.done) / seconds))}/s)`;
    return share > first.share ? `${rate}, ${timed((seconds * (1 - share)) / (share - first.share))} left` : rate;
  }
}
