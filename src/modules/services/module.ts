import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';
import { serviceReview } from './review.ts';

/** Services and licences of intellectual property. */
export const servicesModule: Module = { name: 'services', refusals, procedures: [serviceReview], api, pages };
