import { describe, expect, it } from 'vitest';

interface Turn {
  perSecond: number;
}
interface Entrant {
  label: string;
  perSecond: number;
  p50: number;
  p99: number;
  cpu: number;
  databaseCpu: number;
  turns: Turn[];
}
interface Results {
  works: Record<string, { title: string; entrants: Entrant[] }>;
  signOut?: { label: string; same: number[]; other?: number[] }[];
  overload?: { quiet: { p50: number; p99: number }; busy: { p50: number; p99: number } };
  costs?: { label: string; start: { ms: number; rss: number }; rssAfterLoad?: number; installed: number }[];
}
type Table = { title: string; rows: string[][] };

// Imported at run time, because bench/ is plain JavaScript.
const load = async (name: string): Promise<unknown> => import(new URL(`../../../bench/side-by-side/${name}`, import.meta.url).href);
const { judge } = (await load('targets.mjs')) as {
  judge(results: Results): { of: string; what: string; figure: number; verdict: string }[];
};
const { figureTables, targetsTable } = (await load('tables.mjs')) as {
  figureTables(results: Results): Table[];
  targetsTable(results: Results): Table;
};
const { intoPage } = (await load('report.mjs')) as { intoPage(page: string, results: Results): string };
const { plot } = (await load('plot.mjs')) as { plot(results: Results): string };

const entrant = (label: string, figures: Partial<Entrant> = {}): Entrant => ({
  label,
  perSecond: 100,
  p50: 1,
  p99: 2,
  cpu: 100,
  databaseCpu: 50,
  turns: [],
  ...figures,
});
const work = (title: string, ...entrants: Entrant[]) => ({ title, entrants });
const turns = (...rates: number[]): Turn[] => rates.map((perSecond) => ({ perSecond }));

/** Figure and verdict of the target `what` of the workload `of`. */
const verdictOn = (results: Results, of: string, what: string) => {
  const { figure, verdict } = judge(results).find((target) => target.of === of && target.what === what)!;
  return { figure, verdict };
};

describe('targets of the comparison', () => {
  it('are met exactly at the limit, for minimum and maximum', () => {
    const whoAmI = (cpu: number): Results => ({ works: { W3: work('', entrant('Latchkey', { cpu }), entrant('Fastify', { cpu: 20 })) } });
    expect(verdictOn(whoAmI(100), 'W3 who am I', 'CPU, of raw Fastify')).toEqual({ figure: 5, verdict: 'met' });
    expect(verdictOn(whoAmI(101), 'W3 who am I', 'CPU, of raw Fastify').verdict).toBe('missed');
    const list = (perSecond: number): Results => ({
      works: { W5: work('', entrant('Latchkey, first page', { perSecond }), entrant('better-auth, first page')) },
    });
    const what = 'requests/s of the first page, of better-auth';
    expect(verdictOn(list(2_000), 'W5 list', what)).toEqual({ figure: 20, verdict: 'met' });
    expect(verdictOn(list(1_999), 'W5 list', what).verdict).toBe('missed');
  });

  it('compare with Argon2id alone round by round, because its speed varies over time', () => {
    const results: Results = {
      works: {
        W2: work(
          '',
          entrant('Latchkey', { perSecond: 80, turns: turns(80, 40, 90) }),
          entrant('Argon2id alone', { perSecond: 200, turns: turns(100, 50, 200) }),
        ),
      },
    };
    expect(verdictOn(results, 'W2 sign-in', 'requests/s, of Argon2id alone')).toEqual({ figure: 0.8, verdict: 'met' });
  });

  it('include the time of PostgreSQL if they say so', () => {
    const results: Results = {
      works: {
        W4: work('', entrant('Latchkey', { cpu: 200, databaseCpu: 60 }), entrant('Fastify + commit', { cpu: 40, databaseCpu: 60 })),
      },
    };
    const found = verdictOn(results, 'W4 refresh', 'CPU with PostgreSQL, of Fastify and one commit');
    expect(found).toEqual({ figure: 2.6, verdict: 'missed' });
  });

  it('are neither met nor missed without a measurement', () => {
    expect(new Set(judge({ works: {} }).map(({ verdict }) => verdict))).toEqual(new Set(['not measured']));
    const withoutProc = (label: string) => entrant(label, { databaseCpu: Number.NaN });
    const results: Results = { works: { W4: work('', withoutProc('Latchkey'), withoutProc('Fastify + commit')) } };
    expect(verdictOn(results, 'W4 refresh', 'CPU with PostgreSQL, of Fastify and one commit').verdict).toBe('not measured');
    const unloaded: Results = { works: {}, costs: [{ label: 'Latchkey', start: { ms: 900, rss: 1e8 }, installed: 1e8 }] };
    expect(verdictOn(unloaded, 'cost', 'start to the first 200').verdict).toBe('met');
    expect(verdictOn(unloaded, 'cost', 'memory after load').verdict).toBe('not measured');
  });

  it('are missed by a token that kept working', () => {
    const results: Results = { works: {}, signOut: [{ label: 'Latchkey', same: [0, 0], other: [2, Number.POSITIVE_INFINITY] }] };
    expect(verdictOn(results, 'W6 sign-out', 'p99 until the same node refuses').verdict).toBe('met');
    expect(verdictOn(results, 'W6 sign-out', 'p99 until another node refuses').verdict).toBe('missed');
  });
});

describe('tables of the comparison', () => {
  it('show three significant digits, a dash for missing figures, and fractions beside limits that are fractions', () => {
    const results: Results = {
      works: {
        W3: work(
          'who',
          entrant('Latchkey', { perSecond: 2_372.3, p50: 6.2796, cpu: 68.112, databaseCpu: Number.NaN }),
          entrant('better-auth', { cpu: 1_370.4 }),
        ),
      },
    };
    expect(figureTables(results)[0]?.rows[0]).toEqual(['Latchkey', '2,370', '6.28', '2', '68.1', '–']);
    const rows = targetsTable(results).rows;
    expect(rows).toContainEqual(['W3 who am I', 'CPU, of better-auth', '≤ 1/15', '1/20.1', 'met']);
    expect(rows).toContainEqual(['W3 who am I', 'CPU, of raw Fastify', '≤ 5 ×', '–', 'not measured']);
  });

  it('show how long a token that kept working was observed', () => {
    const forever = Number.POSITIVE_INFINITY;
    const [table] = figureTables({ works: {}, signOut: [{ label: 'one', same: [forever, forever] }] });
    expect(table?.rows).toEqual([['one', 'more than 10 s', 'more than 10 s', '–', '–']]);
  });
});

describe('the page of the comparison', () => {
  const results = {
    works: { W4: work('refresh', entrant('Latchkey'), entrant('Fastify + commit', { cpu: Number.NaN })) },
    date: '2026-01-02',
    machine: { node: 'v20', cores: 2, processor: 'one', memory: 2 ** 34, system: 'linux x64' },
    postgres: { server_version: '18.4', fsync: 'on' },
    versions: { Latchkey: '1.2.3' },
  };

  it('keeps its hand-written text when it is generated again', () => {
    const page = 'before\n\n<!-- measured -->\n\nold figures\n\n<!-- /measured -->\n\nafter\n';
    const once = intoPage(page, results);
    expect(once).toMatch(
      /^before\n\n<!-- measured -->\n\n### Targets\n[^]*### W4: refresh\n[^]*2026-01-02[^]*\n<!-- \/measured -->\n\nafter\n$/,
    );
    expect(once).not.toContain('old figures');
    expect(intoPage(once, results)).toBe(once);
  });

  it('is not written if its markers are missing', () => {
    expect(() => intoPage('no place\n', results)).toThrow('no place for figures');
  });

  it('has a plot with a dot for each figure and a description in words', () => {
    const svg = plot({ works: { ...results.works, W3: work('"who" & <what>', entrant('Fastify', { cpu: 10, databaseCpu: 0 })) } });
    const rows = svg.slice(svg.lastIndexOf('class="scale'));
    expect(rows.match(/<circle /g)).toHaveLength(2);
    expect(svg).toContain('W4 refresh: Latchkey 150 µs, Fastify + commit –. W3 &quot;who&quot; &amp; &lt;what>: Fastify 10 µs.');
  });
});
