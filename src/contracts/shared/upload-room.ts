import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type Observable, defer, finalize } from 'rxjs';
import { BusyError } from '../../common/errors.js';
import type { UploadRequest } from './form.js';

/** Most uploads that are being received or worked on at a time: each holds its file in memory. */
const MAX_UPLOADS = 24;

/** Of all contracts together: it is the process's memory that they share. */
let uploads = 0;

/** Makes room for one upload before its body is read. @throws BusyError */
@Injectable()
export class UploadRoom implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return defer(() => {
      if (uploads >= MAX_UPLOADS) throw new BusyError();
      uploads += 1;
      context.switchToHttp().getRequest<UploadRequest>().takesFile = true;
      return next.handle().pipe(
        finalize(() => {
          uploads -= 1;
        }),
      );
    });
  }
}
