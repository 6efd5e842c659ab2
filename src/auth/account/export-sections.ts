import { ApiProperty } from '@nestjs/swagger';
import type { ExportPart, ExportParts } from '../../common/export-part.js';
import { AccountExportView } from './dto/account-export.view.js';

/** Where the sections are injected. */
export const SECTIONS = Symbol('sections of the export');

/** A member of the export. */
export type Section = readonly [name: string, part: ExportPart];

/** Loads the sections in their order, and puts them into the OpenAPI document. */
export async function loadSections(parts: ExportParts): Promise<Section[]> {
  const loaded = await Promise.all(Object.entries(parts).map(async ([name, load]) => [name, await load()] as const));
  const sections = loaded.toSorted(([, some], [, other]) => some.position - other.position);
  for (const [name, part] of sections) {
    const { description, view } = part;
    ApiProperty({ description, type: 'each' in part ? [view] : view })(AccountExportView.prototype, name);
  }
  return sections;
}
