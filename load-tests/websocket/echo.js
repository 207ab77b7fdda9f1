// What does an echoed message cost a proxy? Prints messages a second, and its CPU time for each.
//   node echo.js PROXY_PORT UPSTREAM_PORT PROXY_PID text|binary SIZE CONNECTIONS WINDOW [SECONDS]
// The proxy runs already, in front of UPSTREAM_PORT, where this script answers.
'use strict';
const fs = require('fs');
const { connect, echo, message } = require('./frames');

const [port, upstream, pid, kind, size, connections, window, seconds = 6] = process.argv.slice(2);
const WARM_UP_MILLIS = 5000;
const TICKS_PER_SECOND = 100;

function cpuSeconds() {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

async function main() {
  const frames = message(Number(size), kind === 'text');
  let total = 0;
  echo(Number(upstream), frames);
  for (let i = 0; i < Number(connections); i++) {
    await connect(Number(port), frames, Number(window), (messages) => (total += messages));
  }
  await pause(WARM_UP_MILLIS);
  const before = { total, cpu: cpuSeconds(), at: Date.now() };
  await pause(Number(seconds) * 1000);
  const messages = total - before.total;
  const cpu = cpuSeconds() - before.cpu;
  const wall = (Date.now() - before.at) / 1000;
  console.log(
    `${kind} ${size}: ${Math.round(messages / wall)} messages/s,`,
    `${((cpu * 1e6) / messages).toFixed(2)} us of CPU each, ${(cpu / wall).toFixed(2)} cores`,
  );
  process.exit(0);
}

main();
