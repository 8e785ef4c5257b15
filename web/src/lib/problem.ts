/** Every failed request as one type: the server's problem+json, or the network's failure. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: Record<string, string[]>;
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(given: {
    status: number;
    code: string;
    title: string;
    detail?: string;
    errors?: Record<string, string[]>;
    requestId?: string | undefined;
    retryAfter?: number | undefined;
  }) {
    super(given.detail || given.title);
    this.name = 'Problem';
    this.status = given.status;
    this.code = given.code;
    this.title = given.title;
    this.detail = given.detail ?? '';
    this.errors = given.errors ?? {};
    this.requestId = given.requestId;
    this.retryAfter = given.retryAfter;
  }

  /** Nobody answered: the network is away, or the server. */
  get isOffline() {
    return this.status === 0;
  }

  /** What is wrong with each field, or with the whole. */
  get words() {
    return Object.values(this.errors).flat().join(' ') || this.message;
  }

  static of(error: unknown): Problem {
    if (error instanceof Problem) return error;
    const detail = error instanceof Error ? error.message : String(error);
    return new Problem({ status: 0, code: 'offline', title: 'The server could not be reached', detail });
  }

  static async read(response: Response): Promise<Problem> {
    const body = await response
      .clone()
      .json()
      .catch(() => ({}));
    const wait = Number(response.headers.get('retry-after'));
    return new Problem({
      status: response.status,
      code: body.code ?? 'unknown',
      title: body.title ?? response.statusText,
      detail: body.detail ?? '',
      errors: body.errors ?? {},
      requestId: body.request_id ?? response.headers.get('x-request-id') ?? undefined,
      retryAfter: wait > 0 ? wait : undefined,
    });
  }
}
