-- SPDX-License-Identifier: Apache-2.0
-- How a report looks: light or dark as the reader's system is, on paper black on white.

return [[
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --page: #ffffff; --panel: #f5f6f8; --line: #d8dee4;
  --accent: #0b5fa5; --good: #1a7f37; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #a3adb8; --page: #14171a; --panel: #1d2125;
  --line: #363d45; --accent: #74b9f5; --good: #5fc27e; --bad: #ff8a80; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI",
  "Noto Sans", "DejaVu Sans", Helvetica, Arial, sans-serif; }
header, nav, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 3rem; }
h1 { font-size: 2rem; line-height: 1.2; letter-spacing: -.01em; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line);
  overflow-wrap: anywhere; }
p { max-width: 44rem; margin: .6rem 0; overflow-wrap: anywhere; }
.lead { color: var(--soft); margin-top: 0; max-width: none; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1.25rem 0 0; padding: 0; }
a { color: var(--accent); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--page); padding: .5rem 1rem; }
.scroll { overflow-x: auto; margin: 1rem 0 1.5rem; }
table { border-collapse: collapse; font-size: .9rem; line-height: 1.4; border-top: 2px solid var(--ink);
  border-bottom: 2px solid var(--ink); font-variant-numeric: tabular-nums lining-nums; }
caption { caption-side: bottom; text-align: left; color: var(--soft); font-size: .85rem; padding-top: .5rem; }
th, td { padding: .35rem .9rem .35rem 0; text-align: left; vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
th { font-weight: 600; border-bottom: 1px solid var(--ink); vertical-align: bottom; }
tbody tr + tr td { border-top: 1px solid var(--line); }
td { max-width: 40rem; }
.l { overflow-wrap: anywhere; }
.n { text-align: right; padding-left: .9rem; }
td.n { white-space: nowrap; }
figure { margin: 1.25rem 0 1.75rem; break-inside: avoid; }
figure svg, figure img { display: block; width: 100%; height: auto; }
figure img { width: auto; max-width: 100%; image-rendering: pixelated; border: 1px solid var(--line); background: #fff; }
figcaption { color: var(--soft); font-size: .85rem; margin-top: .4rem; max-width: 44rem; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem; overflow-x: auto;
  font: .82rem/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
pre.text { line-height: 1.2; }
details { margin: 1rem 0; }
summary { cursor: pointer; color: var(--accent); }
footer { color: var(--soft); font-size: .85rem; margin-top: 3rem; padding-bottom: 3rem; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --page: #fff; --panel: #fff; --line: #bbb; --accent: #000; }
  @page { margin: 18mm 16mm; }
  body { font-size: 10.5pt; }
  header, main, footer { max-width: none; padding: 0; }
  header { padding-top: 0; }
  nav, .skip { display: none; }
  h2 { break-after: avoid; }
  tr { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll, pre { overflow: visible; }
  pre { white-space: pre-wrap; }
}
]]
