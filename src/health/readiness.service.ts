import { Injectable } from '@nestjs/common';
import { Catalogue } from '../common/catalogue.js';
import { UnavailableError } from '../common/errors.js';
import { DatabaseService } from '../database/database.service.js';

/** Readiness: whether this node can take requests. */
@Injectable()
export class ReadinessService {
  private draining = false;

  constructor(
    private readonly database: DatabaseService,
    private readonly catalogue: Catalogue,
  ) {}

  /** Makes the node report "not ready" from now on, so that load balancers stop sending requests before it stops. */
  drain(): void {
    this.draining = true;
  }

  /** Whether the node is about to stop. */
  get isDraining(): boolean {
    return this.draining;
  }

  /** @throws UnavailableError if the node is stopping, the database does not answer, or a migration is missing */
  async check(): Promise<void> {
    if (this.draining) throw new UnavailableError();
    const rows = await this.database.query<{ name: string }>('SELECT name FROM migrations').catch((cause: unknown) => {
      throw new UnavailableError(2, cause);
    });
    const applied = new Set(rows.map(({ name }) => name));
    if (!this.catalogue.migrations.every((name) => applied.has(name))) throw new UnavailableError();
  }
}
