-- SPDX-License-Identifier: Apache-2.0
-- How series are told apart: by colour, mark and dash at once, so that print in grey and eyes that see
-- fewer colours lose nothing.

local M = {}

--- Okabe and Ito's colours (https://jfly.uni-koeln.de/color/), but for the yellow, which white swallows; then
--- black, an olive, and some of Paul Tol's.
M.colours = {
  "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7F7F2A", "#882255", "#44AA99",
  "#332288", "#888888",
}

--- The nearest of the 256 colours of a terminal; black is left to it, which may be what its ground is.
M.terminal = { "32", "166", "36", "175", "214", "75", "245", "142", "89", "73", "62", "102" }

--- The marks in characters, and gnuplot's number of the same.
M.marks = { "●", "○", "▲", "△", "■", "□", "◆", "◇", "▼", "▽", "✕", "✳" }
M.points = { 7, 6, 9, 8, 5, 4, 13, 12, 11, 10, 2, 3 }

--- Lengths of strokes and gaps; false is an unbroken line.
M.dashes = {
  false, { 8, 4 }, { 2, 3 }, { 8, 3, 2, 3 }, { 14, 4 }, { 4, 2 }, { 8, 3, 2, 3, 2, 3 }, { 1, 4 }, false, { 8, 4 },
  { 2, 3 }, { 8, 3, 2, 3 },
}

--- How dense the fill of a bar is: neighbours differ in lightness too.
M.fills = { 1, 0.35, 1, 0.35, 1, 0.35, 1, 0.35, 1, 0.35, 1, 0.35 }

--- The most series a figure takes.
M.most = #M.marks

--- Dark blue to yellow, each lighter than the one before also in grey: cividis (Nuñez, Anderton and Renslow, 2018).
M.ramp = {
  "#00224E", "#123570", "#3B496C", "#575D6D", "#707173", "#8A8678", "#A59C74", "#C3B369", "#E1CC55", "#FEE838",
}

return M
