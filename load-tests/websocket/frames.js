// What both measurements need: an upstream and a client that count bytes in place of reading frames, so that they cost
// little beside the proxy that is measured.
'use strict';
const crypto = require('crypto');
const net = require('net');

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const HANDSHAKE =
  'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

function header(first, mask, length) {
  if (length < 126) return Buffer.from([first, mask | length]);
  if (length < 65536) return Buffer.from([first, mask | 126, length >> 8, length & 255]);
  const header = Buffer.alloc(10);
  header[0] = first;
  header[1] = mask | 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}

/** The same message as a client and as a server sends it. */
function message(size, isText) {
  const payload = isText ? Buffer.alloc(size, 'lorem ipsum dolor sit amet ') : crypto.randomBytes(size);
  const key = Buffer.from([1, 2, 3, 4]);
  const first = isText ? 0x81 : 0x82;
  return {
    client: Buffer.concat([header(first, 0x80, size), key, payload.map((byte, i) => byte ^ key[i & 3])]),
    server: Buffer.concat([header(first, 0, size), payload]),
  };
}

/** Writes so many copies of a frame, many in one go. */
function writer(socket, frame) {
  const most = Math.max(1, Math.floor(65536 / frame.length));
  const frames = Buffer.concat(Array(most).fill(frame));
  return (count) => {
    for (let left = count; left > 0; left -= most) {
      socket.write(frames.subarray(0, Math.min(left, most) * frame.length));
    }
  };
}

/** Counts whole frames of a size in a stream of nothing else; tells how many each piece has completed. */
function counter(size) {
  let bytes = 0;
  let frames = 0;
  return (piece) => {
    bytes += piece.length;
    const before = frames;
    frames = Math.floor(bytes / size);
    return frames - before;
  };
}

/** Reads the head of a message of HTTP, then hands on what follows. */
function afterHead(socket, onHead, onBytes) {
  let head = '';
  let isOpen = false;
  socket.on('data', (piece) => {
    if (isOpen) {
      onBytes(piece);
      return;
    }
    head += piece.toString('latin1');
    if (head.includes('\r\n\r\n')) {
      isOpen = true;
      onHead(head);
    }
  });
}

/** Answers each frame with one. */
function echo(port, frames) {
  net
    .createServer((socket) => {
      socket.setNoDelay(true);
      const write = writer(socket, frames.server);
      const count = counter(frames.client.length);
      afterHead(
        socket,
        (head) => {
          const key = /sec-websocket-key: *(\S+)/i.exec(head)[1];
          const accept = crypto.createHash('sha1').update(key + GUID).digest('base64');
          socket.write(
            'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
              `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
          );
        },
        (piece) => write(count(piece)),
      );
      socket.on('error', () => {});
    })
    .listen({ port, host: '127.0.0.1', backlog: 4096 });
}

/** Opens a WebSocket, and keeps so many messages on their way; tells of those that came back. */
function connect(port, frames, window, onMessages) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(HANDSHAKE));
    socket.setNoDelay(true);
    const write = writer(socket, frames.client);
    const count = counter(frames.server.length);
    afterHead(
      socket,
      (head) => {
        if (!head.startsWith('HTTP/1.1 101')) {
          reject(new Error(head));
          return;
        }
        write(window);
        resolve(socket);
      },
      (piece) => {
        const done = count(piece);
        onMessages(done);
        write(done);
      },
    );
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed')));
  });
}

module.exports = { connect, echo, message };
