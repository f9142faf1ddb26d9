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

/** Tells how far a long command is: a bar where a person watches, a plain line at every tenth otherwise. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #meter: Meter;
  readonly #what: string;
  readonly #share: string;
  readonly #started: number;
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
    if (!this.#terminal.live) {
      const tenth = Math.floor(share * 10);
      if (tenth <= this.#tenth || tenth >= 10) return;
      this.#tenth = tenth;
      this.#terminal.err(`${tenth * 10} % ${this.#share}, ${count(done)} ${this.#what}\n`);
      return;
    }
    const now = this.#terminal.clock.now();
    if (now - this.#shown < refreshMs) return;
    this.#shown = now;
    const full = Math.round(share * barWidth);
    const bar = `${'█'.repeat(full)}${'░'.repeat(barWidth - full)}`;
    this.#terminal.err(
      `\r${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${count(done)} ${this.#what} ${this.#rate(done)} `,
    );
  }

  /** Clears the bar and says how long it took. */
  end(done: number): void {
    const seconds = (this.#terminal.clock.now() - this.#started) / 1000;
    const clear = this.#terminal.live ? `\r${' '.repeat(barWidth + 50)}\r` : '';
    this.#terminal.err(`${clear}${count(done)} ${this.#what} in ${seconds.toFixed(1)} s ${this.#rate(done)}\n`);
  }

  #rate(done: number): string {
    const seconds = (this.#terminal.clock.now() - this.#started) / 1000;
    return seconds < 0.5 ? '' : `(${count(Math.round(done / seconds))}/s)`;
  }
}
