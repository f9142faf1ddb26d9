/** The door of services: what crosses the border and is no goods. */
export { serviceReview } from './review.ts';
export { file as fileService, serviceList } from './service.ts';
