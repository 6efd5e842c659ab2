import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { CAPACITY, type Capacity, tooManyNodes } from './capacity.js';
import { DatabaseService } from './database.service.js';

/** Says at the start when the nodes together need more than the database has. */
@Injectable()
export class CapacityWatch implements OnApplicationBootstrap {
  private readonly logger = new Logger('Capacity');

  constructor(
    private readonly database: DatabaseService,
    private readonly settings: Settings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    // A database that does not answer is told of elsewhere.
    const [capacity] = await this.database.query<Capacity>(CAPACITY).catch(() => []);
    if (capacity === undefined) return;
    for (const { finding, advice } of tooManyNodes(capacity, this.settings)) this.logger.warn(`${finding}: ${advice}`);
  }
}
