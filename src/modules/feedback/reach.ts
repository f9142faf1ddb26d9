import { type Config, isLoopback } from '#platform/config.ts';
import { createOutbound, type Outbound } from '#platform/outbound.ts';

/**
 * The way out for messages. Only a demonstration writes to its own machine, and only where people reach it there too: a
 * window behind a proxy has a public address, whatever it listens on.
 */
export const wayOut = ({ demo, origin }: Pick<Config, 'demo' | 'origin'>): Outbound =>
  createOutbound({ loopback: demo && isLoopback(new URL(origin).hostname.replace(/^\[|\]$/g, '')) });
