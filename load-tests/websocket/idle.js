// What does an open WebSocket cost a proxy that has nothing to do? Prints its memory for each.
//   node idle.js PROXY_PORT UPSTREAM_PORT PROXY_PID COUNT
// The proxy runs already, in front of UPSTREAM_PORT, where this script answers. Heap is asked of the JVM, if it is one.
'use strict';
const { execSync } = require('child_process');
const fs = require('fs');
const { connect, echo, message } = require('./frames');

const [port, upstream, pid, count] = process.argv.slice(2).map(Number);
const WARM_UP = 200;
const AT_ONCE = 50;

const resident = () => 1024 * Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

function heap() {
  try {
    execSync(`jcmd ${pid} GC.run && jcmd ${pid} GC.run`, { stdio: 'ignore' });
    return 1024 * Number(/used (\d+)K/.exec(execSync(`jcmd ${pid} GC.heap_info`).toString())[1]);
  } catch {
    return NaN;
  }
}

async function main() {
  const frames = message(4, false);
  const open = () => connect(port, frames, 0, () => {});
  echo(upstream, frames);
  for (let i = 0; i < WARM_UP; i++) await open();
  const before = { heap: heap(), resident: resident() };
  for (let i = 0; i < count; i += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, open));
  await new Promise((resolve) => setTimeout(resolve, 2000));
  console.log(
    `${count} open: ${Math.round((heap() - before.heap) / count)} bytes of heap each,`,
    `${Math.round((resident() - before.resident) / count)} resident`,
  );
  process.exit(0);
}

main();
