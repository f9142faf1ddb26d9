import type { Module } from '#platform/module.ts';
import { refusals } from './model.ts';

/**
 * Accounts have no door of their own to the outside: they are claimed by decisions and shown beside what holds them.
 */
export const accountsModule: Module = { name: 'accounts', refusals };
