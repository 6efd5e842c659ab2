import type { Page } from 'playwright-core';

/** A document to look at. */
export interface Shown {
  name: string;
  html: string;
}

/**
 * Puts documents one after the other into the page, everything that can be opened open, and finds text that is wider than the screen or than
 * the box it stands in.
 * @returns a sentence for each document with faults
 */
export async function faultsOf(page: Page, shown: readonly Shown[]): Promise<string[]> {
  return page.evaluate((documents) => {
    /** Half pixels come of rounding. */
    const TOLERANCE_PX = 1;
    const isShown = (element: Element): boolean => element.getClientRects().length > 0;
    /** The text of an element itself, without that of elements in it. */
    const textRects = (element: Element): DOMRect[] =>
      [...element.childNodes].flatMap((node) => {
        if (node.nodeType !== Node.TEXT_NODE || node.textContent?.trim() === '') return [];
        const range = document.createRange();
        range.selectNodeContents(node);
        return [...range.getClientRects()];
      });
    const faultOf = (element: Element): string | null => {
      const box = (element.closest('td, p, h1, h2, li, button, a, label, summary, header, div') ?? element).getBoundingClientRect();
      for (const rect of textRects(element)) {
        const isOut = rect.left < box.left - TOLERANCE_PX || rect.right > box.right + TOLERANCE_PX;
        const isOff = rect.left < -TOLERANCE_PX || rect.right > innerWidth + TOLERANCE_PX;
        if (isOut || isOff) return `<${element.localName}> ${(element.textContent ?? '').trim().slice(0, 60)}`;
      }
      return null;
    };
    const parser = new DOMParser();
    return documents.flatMap(({ name, html }) => {
      const parsed = parser.parseFromString(html, 'text/html');
      for (const details of parsed.querySelectorAll('details')) details.open = true;
      document.replaceChild(document.adoptNode(parsed.documentElement), document.documentElement);
      const root = document.documentElement;
      const tooWide = root.scrollWidth - innerWidth;
      const faults = [...document.body.querySelectorAll('*')].filter(isShown).flatMap((element) => faultOf(element) ?? []);
      if (tooWide > 0) faults.unshift(`${tooWide} px wider than the screen`);
      return faults.length === 0 ? [] : [`${name}: ${faults.join('; ')}`];
    });
  }, shown);
}
