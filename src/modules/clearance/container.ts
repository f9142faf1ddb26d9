/** Owner code, category, serial number and check digit of a freight container (ISO 6346). */
export const containerPattern = /^[A-Z]{3}[JUZ][0-9]{7}$/;

const tens = 10;
/** What letters stand for in the check digit: from ten on, multiples of eleven left out. */
const letterValues = Array.from({ length: 29 }, (_, index) => index + tens).filter((value) => value % 11 !== 0);
const valueOf = (character: string): number =>
  /[0-9]/.test(character) ? Number(character) : letterValues['ABCDEFGHIJKLMNOPQRSTUVWXYZ'.indexOf(character)]!;

/** Whether the last digit of a container's number is that of the others (ISO 6346, annex A). */
export function isContainer(number: string): boolean {
  if (!containerPattern.test(number)) return false;
  const digits = number.split('');
  const check = Number(digits.pop());
  const sum = digits.reduce((so, character, place) => so + valueOf(character) * 2 ** place, 0);
  return (sum % 11) % tens === check;
}
