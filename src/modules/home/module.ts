import type { Module } from '#platform/module.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';
import { counter } from './service.ts';

export const homeModule: Module = { name: 'home', refusals, pages, work: () => [counter()] };
