/** What stands for a product that has no logo: the first letter of its name, an emoji if that is first. */
export function initialOf(name: string): string {
  const [first] = new Intl.Segmenter('en').segment(name.trim());
  return (first?.segment ?? '').toLocaleUpperCase('en');
}

/** What a page's policy has to allow besides `data:` for the logo to be seen: its origin, or nothing for one that is a `data:` URL. */
export function logoSource(logo: string | undefined): string {
  return logo?.startsWith('https:') === true ? ` ${new URL(logo).origin}` : '';
}
