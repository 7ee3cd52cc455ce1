import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { motoObstacle, startMoto } from "./moto.ts";

const missing = await motoObstacle();
const withMoto = (title: string, run: (t: ExecutionContext) => Promise<void>) =>
  missing === undefined ? test(title, run) : test.skip(`${title} (skipped: ${missing})`, run);

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/moto-api/data.json`).then(
    ({ ok }) => ok,
    () => false,
  );

withMoto("each moto has a port of its own, and ends with its test", async (t) => {
  const ends: (() => unknown)[] = [];
  const ending = { teardown: (end: () => unknown) => void ends.push(end) };
  const motos = await Promise.all([startMoto(ending), startMoto(ending)]);
  t.not(motos[0].url, motos[1].url);
  t.deepEqual(await Promise.all(motos.map(({ url }) => answers(url))), [true, true]);
  t.is(motos[0].env.AWS_ENDPOINT_URL, motos[0].url);
  await Promise.all(ends.map((end) => end()));
  t.deepEqual(await Promise.all(motos.map(({ url }) => answers(url))), [false, false]);
});

withMoto("moto ends when the process that started it is killed", async (t) => {
  const module = new URL("./moto.ts", import.meta.url).href;
  const starter = `const { startMoto } = await import(${JSON.stringify(module)});
    console.log((await startMoto({ teardown: () => {} })).url);`;
  const child = spawn(process.execPath, ["--import=tsx", "--input-type=module", "--eval", starter], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => child.kill("SIGKILL"));
  const [output] = await once(child.stdout, "data");
  const url = String(output).trim();
  t.true(await answers(url));
  child.kill("SIGKILL");
  while (await answers(url)) await sleep(20);
  t.pass();
});
