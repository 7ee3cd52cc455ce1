/** A moment as people read it, to the second: 2026-11-22 19:56:28. */
export function utcTime(moment: Date): string {
  return moment.toISOString().slice(0, 19).replace("T", " ");
}
