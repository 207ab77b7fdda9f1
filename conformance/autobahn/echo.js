// The upstream: an independent implementation that sends back what it gets, without limits of its own.
const { WebSocketServer } = require('ws');

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  maxPayload: 0,
  maxFragments: 0,
  maxBufferedChunks: 0,
});

server.on('connection', (socket) => {
  socket.on('message', (message, isBinary) => socket.send(message, { binary: isBinary }));
  // What it says of clients that break rules is not of interest here.
  socket.on('error', () => {});
});
