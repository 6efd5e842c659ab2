import type { Type } from '@nestjs/common';
import type { TokenPlace } from '../../common/access.js';
import type { FailureRenderer } from '../../http/exception.filter.js';
import type { ContractSlug } from './contract-slugs.js';

/** A wire contract: another backend's API over the core. */
export interface Contract {
  /** It is served below `/contracts/<slug>`. */
  slug: ContractSlug;
  /** Title of its OpenAPI document. */
  title: string;
  /** Markdown at the top of its OpenAPI document. */
  description: string;
  module: Type;
  /** Writes every failure below its prefix. */
  renderFailure: FailureRenderer;
  /** Where its requests have their token. */
  tokenPlace: TokenPlace;
}
