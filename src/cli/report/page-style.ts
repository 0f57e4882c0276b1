/** The style sheet of `report.html`. */
import { darkRules, INK, MUTED, PAGE, RULE } from './palette.ts';

export const STYLE = `
:root{color-scheme:light dark;--ink:${INK.light};--muted:${MUTED.light};--rule:${RULE.light};--page:${PAGE.light};--panel:#f4f6f8;--note:#fff3d6;--shade:rgb(20 30 50/.25)}
@media (prefers-color-scheme:dark){:root{--ink:${INK.dark};--muted:${MUTED.dark};--rule:${RULE.dark};--page:${PAGE.dark};--panel:#1d222a;--note:#3d3213;--shade:rgb(0 0 0/.7)}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:1320px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:clamp(1.5rem,1.1rem + 2vw,2.125rem);line-height:1.2;margin:0 0 8px;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:1.125rem;line-height:1.3;margin:0 0 4px}
section,figure{margin:40px 0 0}
figure{min-width:0}
.facts,.hint{color:var(--muted);margin:0 0 8px}
.hint{font-size:.875rem}
.scroll+.hint{margin-top:8px}
.note{background:var(--note);padding:8px 12px;border-radius:6px;margin:12px 0 0}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,540px),1fr));column-gap:32px;margin-top:0}
.charts svg{display:block;max-width:100%;height:auto}
.narrow{display:none}
@media (max-width:600px){main{padding:24px 15px 48px}.wide{display:none}.narrow{display:block}}
.scroll{overflow-x:auto;background:linear-gradient(90deg,var(--page) 30%,transparent) 0 0/40px 100% no-repeat local,linear-gradient(270deg,var(--page) 30%,transparent) 100% 0/40px 100% no-repeat local,linear-gradient(90deg,var(--shade),transparent) 0 0/14px 100% no-repeat scroll,linear-gradient(270deg,var(--shade),transparent) 100% 0/14px 100% no-repeat scroll}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9375rem;margin-top:8px}
th,td{padding:6px 12px;text-align:right;border-bottom:1px solid var(--rule);white-space:nowrap}
th:first-child{text-align:left;padding-left:0}
thead th{color:var(--muted);font-weight:500}
tbody th{font-weight:600}
details{margin-top:8px}
summary{cursor:pointer;color:var(--muted);font-size:.875rem}
summary:focus-visible,.scroll:focus-visible{outline:2px solid currentColor;outline-offset:2px}
code,.digests dd{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.875em}
pre{background:var(--panel);padding:12px 16px;border-radius:6px;margin:8px 0;white-space:pre-wrap;overflow-wrap:anywhere}
dl{margin:8px 0 0;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,240px),1fr));gap:8px 24px}
dl.digests{grid-template-columns:1fr}
dt{color:var(--muted);font-size:.875rem}
dd{margin:0;overflow-wrap:anywhere}
@media print{.scroll{overflow:visible}}
${darkRules()}
`;
