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

/**
 * A user agent in words that its owner recognises: "Chrome on macOS". No version: it would change without anybody doing anything.
 * iPads call themselves Macs in Safari, and there is no telling them apart. Looks for fixed texts only, so time is linear.
 */
export function describeUserAgent(userAgent: string | null): string {
  if (userAgent === null) return UNKNOWN;
  const find = (marks: Marks): string | undefined => marks.find(([mark]) => userAgent.includes(mark))?.[1];
  const program = find(PROGRAMS);
  const system = find(SYSTEMS);
  if (program !== undefined && system !== undefined) return `${program} on ${system}`;
  return program ?? system ?? UNKNOWN;
}
