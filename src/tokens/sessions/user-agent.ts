/** The first entry whose mark occurs in a user agent names it; the more special ones come first, since all claim to be others. */
type Marks = readonly (readonly [mark: string, name: string])[];

const PROGRAMS: Marks = [
  ['SamsungBrowser/', 'Samsung Internet'],
  ['EdgiOS/', 'Edge'],
  ['EdgA/', 'Edge'],
  ['Edg/', 'Edge'],
  ['Edge/', 'Edge'],
  ['OPR/', 'Opera'],
  ['OPT/', 'Opera'],
  ['OPX/', 'Opera'],
  ['Vivaldi/', 'Vivaldi'],
  ['YaBrowser/', 'Yandex Browser'],
  ['DuckDuckGo/', 'DuckDuckGo'],
  ['Ddg/', 'DuckDuckGo'],
  ['FxiOS/', 'Firefox'],
  ['Firefox/', 'Firefox'],
  ['CriOS/', 'Chrome'],
  ['Electron/', 'Desktop app'],
  ['Chromium/', 'Chromium'],
  ['HeadlessChrome/', 'Chrome'],
  ['Chrome/', 'Chrome'],
  ['Trident/', 'Internet Explorer'],
  ['MSIE ', 'Internet Explorer'],
  ['Safari/', 'Safari'],
  ['okhttp/', 'okhttp'],
  ['CFNetwork/', 'App'],
  ['PostmanRuntime/', 'Postman'],
  ['insomnia/', 'Insomnia'],
  ['HTTPie/', 'HTTPie'],
  ['curl/', 'curl'],
  ['Wget/', 'Wget'],
  ['python-requests/', 'Python'],
  ['Python/', 'Python'],
  ['Go-http-client/', 'Go'],
  ['Java/', 'Java'],
  ['Dart/', 'Dart'],
  ['axios/', 'Node.js'],
  ['node', 'Node.js'],
  ['undici', 'Node.js'],
];

const SYSTEMS: Marks = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['iPod', 'iPod'],
  ['Android', 'Android'],
  ['CrOS', 'ChromeOS'],
  ['Windows', 'Windows'],
  ['Macintosh', 'macOS'],
  ['Mac OS X', 'macOS'],
  ['Darwin/', 'Apple device'],
  ['Linux', 'Linux'],
];

const UNKNOWN = 'Unknown device';

/** A browser, app or tool, and the system that it runs on; null for what is not known. */
export interface Device {
  program: string | null;
  system: string | null;
}

/**
 * What a user agent names. No version: it would change without anybody doing anything. iPads call themselves Macs in Safari, and there is
 * no telling them apart. Looks for fixed texts only, so time is linear.
 */
export function readUserAgent(userAgent: string): Device {
  const find = (marks: Marks): string | null => marks.find(([mark]) => userAgent.includes(mark))?.[1] ?? null;
  return { program: find(PROGRAMS), system: find(SYSTEMS) };
}

/** A user agent in words that its owner recognises: "Chrome on macOS". */
export function describeUserAgent(userAgent: string | null): string {
  const { program, system } = userAgent === null ? { program: null, system: null } : readUserAgent(userAgent);
  if (program !== null && system !== null) return `${program} on ${system}`;
  return program ?? system ?? UNKNOWN;
}
