/** The row that lies so many steps from the current one; from nowhere the first one. */
export function stepped<R extends { id: string }>(rows: R[], current: string | undefined, by: number): R | undefined {
  const at = rows.findIndex((row) => row.id === current);
  return rows[Math.max(0, Math.min(rows.length - 1, at + by))];
}
