import type { Setting } from '../common/capability.js';

const FORMS = 'of the form file:///var/lib/latchkey or s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-central-1';

/** A folder of this machine (`file:`), or a bucket of an S3-compatible store (`s3:`); kept as text. */
export function storageUrl(
  options: Pick<Setting<string>, 'doc' | 'production' | 'check'> & { example: string },
): Setting<string | undefined> {
  return {
    ...options,
    parse(value) {
      const url = URL.canParse(value) ? new URL(value) : null;
      if (url === null || !(url.protocol === 'file:' ? isFolder(url) : isBucket(url))) throw new Error(FORMS);
      return value;
    },
  };
}

function isFolder({ host, search, pathname }: URL): boolean {
  return host === '' && search === '' && pathname !== '/' && !/%(?:2f|00|(?![\da-f]{2}))/i.test(pathname);
}

function isBucket({ protocol, hostname, username, password, port, searchParams }: URL): boolean {
  const endpoint = searchParams.get('endpoint') ?? 'https://s3.amazonaws.com';
  return (
    protocol === 's3:' &&
    // The access keys are separate settings, which are never printed.
    hostname !== '' &&
    username + password + port === '' &&
    [...searchParams.keys()].every((name) => name === 'endpoint' || name === 'region') &&
    URL.canParse(endpoint) &&
    /^https?:$/.test(new URL(endpoint).protocol) &&
    !endpoint.includes('@')
  );
}
