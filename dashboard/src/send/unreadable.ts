import { ApiProblem } from "../api/problem.ts";

export const unreadable = (file: File): ApiProblem =>
  new ApiProblem(
    400,
    "unreadable_file",
    `${file.name} cannot be read any more: it was changed, moved or deleted. Choose it again.`,
  );

/** A browser reports a file that changed under it as a broken connection. @throws ApiProblem `unreadable_file` */
export const mustBeReadable = async (file: File): Promise<void> => {
  await file
    .slice(0, 1)
    .arrayBuffer()
    .catch(() => {
      throw unreadable(file);
    });
};
