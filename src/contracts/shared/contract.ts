import type { Type } from '@nestjs/common';
import type { TokenPlace } from '../../common/access.js';
import type { FailureRenderer } from '../../http/exception.filter.js';
import type { ContractSlug } from './contract-slugs.js';

/** A wire contract: the API of another backend over the core. */
export interface Contract {
  /** The contract is served below `/contracts/<slug>`. */
  slug: ContractSlug;
  /** Title of its OpenAPI document. */
  title: string;
  /** Markdown at the top of its OpenAPI document. */
  description: string;
  module: Type;
  /** Writes the answers to all failures below its prefix. */
  renderFailure: FailureRenderer;
  /** Place of the token in its requests. */
  tokenPlace: TokenPlace;
}
