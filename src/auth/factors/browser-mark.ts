/** How a provider sends somebody back: by an address, or by a form that its page posts, which only a cookie for foreign pages survives. */
export type WayBack = 'address' | 'form';

/** A browser that was sent to a provider, known again when it comes back. */
export interface BrowserMark {
  value: string;
  way: WayBack;
}
