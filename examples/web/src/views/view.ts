import type { Go, Trip } from '../navigation';

export interface ViewProps extends Pick<Trip, 'email' | 'notice'> {
  go: Go;
}
