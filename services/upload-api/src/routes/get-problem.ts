import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { problemNotFound } from "../errors/api-error.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { type ProblemCode, problems } from "../errors/problems.ts";

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problems, code);

/** Where the `type` of every problem leads: what it means and how to mend it. */
export const getProblem = (): FastifyPluginAsyncTypebox => async (app) => {
  app.get(
    "/problems/:code",
    {
      config: { access: "public" },
      schema: {
        operationId: "getProblem",
        summary: "What a problem code means and how to mend it",
        params: Type.Object({ code: Type.String() }),
        response: {
          200: Type.Object({
            code: Type.String(),
            status: Type.Integer(),
            title: Type.String(),
            mend: Type.String(),
          }),
          ...problemResponses("problem_not_found"),
        },
      },
    },
    async ({ params: { code } }) => {
      if (!isProblemCode(code)) throw problemNotFound(code);
      return { code, ...problems[code] };
    },
  );
};
