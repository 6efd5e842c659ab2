import { Injectable, type PipeTransform } from '@nestjs/common';
import { isId } from '../common/ids.js';
import { UserNotFoundError } from '../users/errors.js';

/** Checks the account id in a path. A malformed id is answered like an unknown one. */
@Injectable()
export class UserIdPipe implements PipeTransform<string, string> {
  transform(id: string): string {
    if (!isId(id)) throw new UserNotFoundError();
    return id;
  }
}
