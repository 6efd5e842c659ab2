/** Replacement for a missing logo: the first letter of the product's name, or an emoji if that comes first. */
export function initialOf(name: string): string {
  const [first] = new Intl.Segmenter('en').segment(name.trim());
  return (first?.segment ?? '').toLocaleUpperCase('en');
}

/**
 * Source that a page's content security policy has to allow besides `data:` so that the logo is shown: its origin, or nothing for a `data:`
 * URL.
 */
export function logoSource(logo: string | undefined): string {
  return logo?.startsWith('https:') === true ? ` ${new URL(logo).origin}` : '';
}
