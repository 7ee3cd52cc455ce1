import test from "ava";
import { FailedChildren } from "../../../batch/jobs/failed-children.ts";
import type { Job } from "../../../batch/jobs/job.ts";

const child = (index: number) => ({ jobId: `a:${index}`, index }) as unknown as Job;
const array = (FAILED: number) => ({ array: { size: 1000, statusSummary: { FAILED } } }) as unknown as Job;

/** So many have failed; a page is 100. */
function listing(count: () => number) {
  const opened: number[] = [];
  const failed = new FailedChildren(
    {
      async *children() {
        opened.push(count());
        for (let index = 0; index < count(); index += 1) yield child(index);
      },
    },
    "a",
  );
  return { failed, opened };
}

test("a list goes on page by page, ends when all are known, and begins again only when more have failed", async (t) => {
  let count = 250;
  const { failed, opened } = listing(() => count);
  const due = (): number | undefined => failed.due;
  t.is(due(), undefined);
  failed.tell(array(250));
  const sizes: number[] = [];
  while (failed.due !== undefined) sizes.push((await failed.run(1000)).length);
  t.deepEqual(sizes, [100, 100, 50]);
  t.is(failed.missing, 0);
  count = 251;
  failed.tell(array(251));
  // Three calls of the last one: it is not begun again for each that fails.
  t.is(due(), 1000 + 3 * 2000);
  while ((failed.due ?? Number.POSITIVE_INFINITY) <= 7000) sizes.push((await failed.run(7000)).length);
  t.deepEqual(sizes, [100, 100, 50, 0, 0, 1]);
  t.deepEqual(opened, [250, 251]);
  t.is(due(), undefined);
});

test("a list that tells fewer than were counted is asked again later, not at once", async (t) => {
  const { failed } = listing(() => 1);
  failed.tell(array(2));
  t.is((await failed.run(1000)).length, 1);
  t.is(failed.due, 6000);
});

test("a list that breaks off begins anew", async (t) => {
  let isBroken = true;
  const failed = new FailedChildren(
    {
      async *children() {
        for (let index = 0; index < 200; index += 1) {
          if (isBroken && index === 150) throw new Error("cut");
          yield child(index);
        }
      },
    },
    "a",
  );
  failed.tell(array(200));
  await failed.run(0);
  await t.throwsAsync(() => failed.run(0), { message: "cut" });
  isBroken = false;
  while (failed.due !== undefined) await failed.run(0);
  t.is(failed.missing, 0);
});
