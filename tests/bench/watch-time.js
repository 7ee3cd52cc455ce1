// Loaded before `node batch watch`: its clock and its pauses run as many times as fast as ours as WATCH_SPEED says; those of
// AWS's SDK stay as they are.
import { syncBuiltinESMExports } from "node:module";
import process from "node:process";
import timers from "node:timers/promises";

const speed = Number(process.env.WATCH_SPEED);
const { setTimeout } = timers;
timers.setTimeout = (milliseconds = 1, ...rest) => setTimeout(milliseconds / speed, ...rest);
syncBuiltinESMExports();
const now = performance.now.bind(performance);
const begin = now();
performance.now = () => begin + (now() - begin) * speed;
