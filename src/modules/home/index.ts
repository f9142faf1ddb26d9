/** The home page and the report: what anybody may see without signing in. The door for other modules. */
export { placeName, readRows, type Row, rowsFile } from './rows.ts';
