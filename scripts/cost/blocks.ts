/**
 * Parts of a document that are reckoned, not written: what stands between `<!-- name -->` and `<!-- /name -->`.
 */
const blockOf = (name: string): RegExp => new RegExp(`(<!-- ${name} -->\n)[^]*?(\n<!-- /${name} -->)`);

/** @throws Error where the document has no block of a name, or one that nobody fills */
export const fillBlocks = (document: string, blocks: Readonly<Record<string, string>>): string => {
  const names = [...document.matchAll(/<!-- ([a-z0-9-]+) -->/g)].map(([, name]) => name as string);
  for (const name of names) if (!(name in blocks)) throw new Error(`nobody fills the block ${name}`);
  return Object.entries(blocks).reduce((text, [name, content]) => {
    if (!blockOf(name).test(text)) throw new Error(`the document has no block ${name}`);
    return text.replace(blockOf(name), (_, open: string, close: string) => `${open}\n${content}\n${close}`);
  }, document);
};
