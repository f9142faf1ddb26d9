import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';

/** Messages that others speak: read, kept as they came, handed to the doors of the window, and answered. */
export const messagesModule: Module = { name: 'messages', refusals, api, pages };
