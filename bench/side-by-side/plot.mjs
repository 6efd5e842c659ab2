// The plot of docs/performance.md: processor time per request on a logarithmic scale, one dot per entrant.
import { processorTime } from './numbers.mjs';

const WIDTH = 860;
const LEFT = 220;
const RIGHT = 760;
const TOP = 84;
const ROW = 22;
const GROUP_GAP = 36;
const AXIS = 34;
/** Ends of the scale, µs. */
const FROM = 10;
const TO = 100_000;

const TITLE = 'Processor time per request';
const KINDS = { ours: 'Latchkey', peer: 'peers', floor: 'what the parts cost alone' };
/** Light and dark colours, each with a contrast of at least 4.5 to 1 on its background. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1b1f27 }
  .title { font-size: 17px; font-weight: 600 }
  .work, .label-ours { font-weight: 600 }
  .soft { fill: #565e6b }
  .number { text-anchor: end; font-variant-numeric: tabular-nums }
  .label { text-anchor: end }
  .scale { text-anchor: middle }
  .ground { fill: #ffffff }
  .line { stroke: #d5d9e1 }
  .row { stroke: #e9ebf0 }
  .ours { fill: #3346d3; stroke: #3346d3 }
  .peer { fill: #b04a12; stroke: #b04a12 }
  .floor { fill: #ffffff; stroke: #565e6b; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e8eaf0 }
    .soft { fill: #a7aebb }
    .ground { fill: #14171c }
    .line { stroke: #3a414d }
    .row { stroke: #262b34 }
    .ours { fill: #9aa6ff; stroke: #9aa6ff }
    .peer { fill: #f0a070; stroke: #f0a070 }
    .floor { fill: #14171c; stroke: #a7aebb }
  }`;

/** The processor time of server and PostgreSQL per request of every work, as an SVG document. */
export function plot({ works }) {
  const groups = Object.entries(works).map(([id, { title, entrants }]) => ({ title: `${id} ${title}`, entrants }));
  const parts = [];
  let y = TOP;
  for (const { title, entrants } of groups) {
    parts.push(`<text class="work" x="16" y="${y}">${escape(title)}</text>`);
    for (const entrant of entrants) parts.push(row(entrant, (y += ROW)));
    y += GROUP_GAP;
  }
  const bottom = y - GROUP_GAP + ROW / 2;
  const height = bottom + AXIS;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title desc">
<title id="title">${TITLE}</title>
<desc id="desc">${escape(description(groups))}</desc>
<style>${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${height}"/>
<text class="title" x="16" y="30">${TITLE}</text>
<text class="soft" x="16" y="50">Server and PostgreSQL together; each line is ten times the one before it. Left is better.</text>
${legend()}
${scale(TOP - ROW, bottom)}
${parts.join('\n')}
</svg>
`;
}

function row(entrant, y) {
  const used = entrant.cpu + entrant.databaseCpu;
  const kind = kindOf(entrant.label);
  const dot = Number.isNaN(used) ? '' : `<circle class="${kind}" cx="${x(used)}" cy="${y}" r="5"/>`;
  return `<line class="row" x1="${LEFT}" x2="${RIGHT}" y1="${y}" y2="${y}"/>${dot}
<text class="label label-${kind}" x="${LEFT - 12}" y="${y + 4}">${escape(entrant.label)}</text>
<text class="number" x="${WIDTH - 16}" y="${y + 4}">${processorTime(used)}</text>`;
}

function scale(top, bottom) {
  const marks = [];
  for (let value = FROM; value <= TO; value *= 10) {
    const at = x(value);
    marks.push(`<line class="line" x1="${at}" x2="${at}" y1="${top}" y2="${bottom}"/>`);
    marks.push(`<text class="scale soft" x="${at}" y="${bottom + 18}">${processorTime(value)}</text>`);
  }
  return marks.join('\n');
}

function legend() {
  let at = 420;
  return Object.entries(KINDS)
    .map(([kind, name]) => {
      const entry = `<circle class="${kind}" cx="${at}" cy="25" r="5"/><text x="${at + 12}" y="30">${name}</text>`;
      at += 44 + name.length * 7;
      return entry;
    })
    .join('\n');
}

function kindOf(label) {
  if (label.startsWith('Latchkey')) return 'ours';
  return /^(Fastify|Argon2id)/.test(label) ? 'floor' : 'peer';
}

/** Position of a processor time on the scale; values outside it are placed at its ends. */
function x(microseconds) {
  const share = Math.log(Math.min(Math.max(microseconds, FROM), TO) / FROM) / Math.log(TO / FROM);
  return Number((LEFT + share * (RIGHT - LEFT)).toFixed(1));
}

/** The whole plot in words, for people who cannot see it. */
function description(groups) {
  return groups
    .map(
      ({ title, entrants }) =>
        `${title}: ${entrants.map((each) => `${each.label} ${processorTime(each.cpu + each.databaseCpu)}`).join(', ')}.`,
    )
    .join(' ');
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
