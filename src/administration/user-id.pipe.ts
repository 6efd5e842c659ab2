import { Injectable, type PipeTransform } from '@nestjs/common';
import { isId } from '../common/ids.js';
import { UserNotFoundError } from '../users/errors.js';

/** The id of an account in a path: what is no id is nobody's. */
@Injectable()
export class UserIdPipe implements PipeTransform<string, string> {
  transform(id: string): string {
    if (!isId(id)) throw new UserNotFoundError();
    return id;
  }
}
