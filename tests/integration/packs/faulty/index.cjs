module.exports = async () => {
  const { importTypeScript } = await import("../../../../worker/typescript.js");
  const { pathToFileURL } = await import("node:url");
  await importTypeScript(pathToFileURL(`${__dirname}/pack.ts`));
};
