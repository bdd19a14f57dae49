/** The looks of a report: readable on screen in light and dark, and on paper. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --muted: #57606a; --surface: #ffffff; --line: #d0d7de; --raised: #f6f8fa; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --muted: #9aa4ae; --surface: #14181d; --line: #343b44; --raised: #1c2229; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 24px; max-width: 1320px; background: var(--surface); color: var(--text);
  font: 14px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 22px; margin: 0 0 4px; } h2 { font-size: 16px; margin: 32px 0 8px; } h3 { font-size: 14px; margin: 16px 0 4px; }
p { margin: 4px 0 8px; } .muted { color: var(--muted); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
caption { text-align: left; color: var(--muted); padding-bottom: 4px; }
th, td { text-align: left; padding: 4px 8px; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number { text-align: right; white-space: nowrap; }
.methods td:nth-child(-n + 2) { white-space: nowrap; } .methods td:nth-child(6) { min-width: 220px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0; }
dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: 16px 0; background: #ffffff; border: 1px solid var(--line); border-radius: 6px; padding: 8px; }
figure svg { max-width: 100%; height: auto; display: block; } figcaption { color: #57606a; padding: 4px 0 0; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 12px; overflow-x: auto; font-size: 12px; }
@media print {
  :root { --text: #000; --muted: #444; --surface: #fff; --line: #bbb; --raised: #fff; }
  body { max-width: none; padding: 0; font-size: 11px; }
  figure, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } pre { white-space: pre-wrap; }
}
`
