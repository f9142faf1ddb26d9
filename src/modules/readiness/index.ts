/** How ready an economy is, and fraud that anybody may report. */
export { addToReport, reportFraud } from './service.ts';
