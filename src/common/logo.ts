/** What a page's policy has to allow besides `data:` for the logo to be seen: its origin, or nothing for one that is a `data:` URL. */
export function logoSource(logo: string | undefined): string {
  return logo?.startsWith('https:') === true ? ` ${new URL(logo).origin}` : '';
}
