/** What the API, or the way to it, answered instead of what was asked for. */
export class ApiProblem extends Error {
  /** HTTP status; 0 where nothing was reached. */
  readonly status: number;
  /** Stable name of the problem, as in the API guide; `unreachable` where nothing was reached. */
  readonly code: string;
  /** Seconds to wait before asking again, where the answer said so. */
  readonly retryAfter: number | undefined;

  constructor(status: number, code: string, message: string, retryAfter?: number) {
    super(message);
    this.name = "ApiProblem";
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** The problem in an answer that is no success, whoever wrote it (a proxy sends no problem document). */
export const readProblem = async (answer: Response): Promise<ApiProblem> => {
  const retryAfter = Number(answer.headers.get("retry-after") ?? Number.NaN);
  const seconds = Number.isFinite(retryAfter) ? retryAfter : undefined;
  try {
    const body = (await answer.json()) as { code?: unknown; detail?: unknown; title?: unknown };
    if (typeof body.code === "string") {
      return new ApiProblem(
        answer.status,
        body.code,
        String(body.detail ?? body.title ?? body.code),
        seconds,
      );
    }
  } catch {
    // No JSON: said below.
  }
  return new ApiProblem(answer.status, "unexpected_answer", `The server answered ${answer.status}.`, seconds);
};

export const unreachable = (): ApiProblem =>
  new ApiProblem(0, "unreachable", "The server cannot be reached. Check the connection.");

/** What to tell the reader of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
