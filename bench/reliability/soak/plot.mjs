// The plot of a soak: one panel for each kind of figure, over time.
const WIDTH = 860;
const LEFT = 64;
const RIGHT = 716;
const TOP = 72;
const PANEL = 84;
const GAP = 44;
const FOOT = 40;

const PANELS = [
  { title: 'Memory, MiB', lines: { rssMib: 'whole process', heapMib: 'heap used' } },
  { title: 'Answer time, ms', lines: { p99: 'p99', p50: 'p50' } },
  { title: 'Event loop delay, ms', lines: { loopMs: 'p99' } },
  { title: 'Connections to PostgreSQL', lines: { connections: 'open' } },
  { title: 'Database, MiB', lines: { databaseMib: 'tables and indexes' } },
];
/** Light and dark colours, each with a contrast of at least 4.5 to 1 on its background. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1b1f27 }
  .title { font-size: 17px; font-weight: 600 }
  .panel { font-weight: 600 }
  .soft { fill: #565e6b }
  .scale { text-anchor: end; font-variant-numeric: tabular-nums }
  .time { text-anchor: middle }
  .ground { fill: #ffffff }
  .grid { stroke: #e3e6ec }
  .line { fill: none; stroke-width: 1.6; stroke-linejoin: round }
  .first { stroke: #3346d3 } .of-first { fill: #3346d3 }
  .second { stroke: #b04a12 } .of-second { fill: #b04a12 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e8eaf0 }
    .soft { fill: #a7aebb }
    .ground { fill: #14171c }
    .grid { stroke: #2d333d }
    .first { stroke: #9aa6ff } .of-first { fill: #9aa6ff }
    .second { stroke: #f0a070 } .of-second { fill: #f0a070 }
  }`;

/** @param samples of `Sampler` @returns an SVG document */
export function plot([, ...samples]) {
  const height = TOP + PANELS.length * (PANEL + GAP) - GAP + FOOT;
  const minutes = Math.round(samples.at(-1).at / 60);
  const title = `${minutes} minutes of mixed requests`;
  const panels = PANELS.map((panel, index) => draw(panel, samples, TOP + index * (PANEL + GAP), minutes));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title desc">
<title id="title">${title}</title>
<desc id="desc">${PANELS.map((panel) => describe(panel, samples)).join(' ')}</desc>
<style>${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${height}"/>
<text class="title" x="16" y="30">${title}</text>
${panels.join('\n')}
${times(minutes, height - FOOT + 18)}
</svg>
`;
}

function draw({ title, lines }, samples, top, minutes) {
  const figures = Object.keys(lines);
  const max = nice(Math.max(...figures.flatMap((figure) => samples.map((sample) => sample[figure]))));
  const x = (at) => round(LEFT + ((RIGHT - LEFT) * at) / (minutes * 60));
  const y = (value) => round(top + PANEL * (1 - value / max));
  const grid = [0, max / 2, max].map(
    (value) => `<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y(value)}" y2="${y(value)}"/>
<text class="scale soft" x="${LEFT - 8}" y="${y(value) + 4}">${value}</text>`,
  );
  const ends = figures.map((figure) => y(samples.at(-1)[figure]));
  // Labels of lines that end close together are moved apart.
  if (ends.length === 2 && ends[1] - ends[0] < 16) ends[0] = ends[1] - 16;
  const curves = figures.map((figure, index) => {
    const points = samples.map((sample) => `${x(sample.at)},${y(sample[figure])}`).join(' ');
    const order = index === 0 ? 'first' : 'second';
    return `<polyline class="line ${order}" points="${points}"/>
<text class="of-${order}" x="${RIGHT + 8}" y="${ends[index] + 4}">${lines[figure]}</text>`;
  });
  return [`<text class="panel" x="16" y="${top - 12}">${title}</text>`, ...grid, ...curves].join('\n');
}

function times(minutes, y) {
  const marks = [0, 1, 2, 3].map((third) => (minutes * third) / 3);
  return marks
    .map((mark) => `<text class="time soft" x="${round(LEFT + ((RIGHT - LEFT) * mark) / minutes)}" y="${y}">${round(mark)} min</text>`)
    .join('\n');
}

/** The next larger number of a few round ones, for the end of a scale. */
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 6, 8, 10].map((step) => step * power).find((each) => each >= value);
}

/** A panel in words, for people who cannot see it. */
function describe({ title, lines }, samples) {
  const each = Object.entries(lines).map(([figure, name]) => {
    const values = samples.map((sample) => sample[figure]);
    return `${name} from ${values[0].toFixed(0)} to ${values.at(-1).toFixed(0)}, between ${Math.min(...values).toFixed(0)} and ${Math.max(...values).toFixed(0)}`;
  });
  return `${title}: ${each.join('; ')}.`;
}

function round(value) {
  return Number(value.toFixed(1));
}
