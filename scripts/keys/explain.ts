/** A failure in one line for whoever keeps the keys. @param place where the table was looked for */
export const explain = (error: unknown, place: string): string => {
  if (!(error instanceof Error)) return String(error);
  const { name, message, code } = error as Error & { code?: string };
  if (code === "ECONNREFUSED") return `Nothing answers ${place}. Is \`npm start\` running?`;
  if (name === "ResourceNotFoundException")
    return `There is no such table ${place}; TABLE_API_KEYS names it.`;
  return message;
};
