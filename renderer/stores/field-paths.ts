/** Whether `path` is `field` or lies inside its value. */
export function covers(field: string, path: string): boolean {
  return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`)
}
