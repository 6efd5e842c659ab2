/**
 * One URL for each host of a URL that may name several, separated by commas, as libpq and Redis clients write them:
 * `postgres://user:password@pg1:5432,pg2:5432/latchkey`.
 */
export function eachHost(url: string): string[] {
  const [, start = '', hosts = '', rest = ''] = /^([a-z][a-z\d+.-]*:\/\/(?:[^@/?#]*@)?)([^/?#]*)([^]*)$/i.exec(url) ?? [];
  return hosts.split(',').map((host) => `${start}${host}${rest}`);
}

/** A parameter of a URL that may name several hosts; null when the URL does not have it. */
export function parameterOf(url: string, name: string): string | null {
  const [first = ''] = eachHost(url);
  return URL.canParse(first) ? new URL(first).searchParams.get(name) : null;
}
