/** How many there are: exact where rollups know it, else up to 10,000; then `more` is true and there are more than `total`. */
export interface Count {
  readonly total: number;
  readonly more: boolean;
}
