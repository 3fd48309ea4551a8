// Node's `ws`: every entry of a Redis channel to every socket.  node node_server.cjs PORT REDIS_PORT
// The subscription is read by hand, so that no Redis library is measured along.
const net = require("node:net");
const { WebSocketServer, WebSocket } = require("ws");

const [port, redisPort] = process.argv.slice(2).map(Number);
const server = new WebSocketServer({ port, host: "127.0.0.1", backlog: 2048, perMessageDeflate: false });

function send(entry) {
  for (const client of server.clients) {
    if (client.readyState === WebSocket.OPEN) client.send(entry, { binary: false });
  }
}

// A message is *3, then "message", the channel and the entry, each as $length CRLF bytes CRLF.
let waiting = Buffer.alloc(0);

function readPart(buffer, at) {
  const end = buffer.indexOf("\r\n", at);
  if (end < 0) return null;
  const length = Number(buffer.toString("latin1", at + 1, end));
  const start = end + 2;
  if (buffer.length < start + length + 2) return null;
  return { value: buffer.subarray(start, start + length), next: start + length + 2 };
}

function readMessage(buffer) {
  const header = buffer.indexOf("\r\n");
  if (header < 0) return null;
  const kind = readPart(buffer, header + 2);
  const channel = kind && readPart(buffer, kind.next);
  if (!channel) return null;
  if (kind.value.toString() === "subscribe") {
    const end = buffer.indexOf("\r\n", channel.next);
    return end < 0 ? null : { next: end + 2 };
  }
  const entry = readPart(buffer, channel.next);
  return entry && { entry: Buffer.from(entry.value), next: entry.next };
}

const redis = net.connect(redisPort, "127.0.0.1", () => redis.write("SUBSCRIBE feed\r\n"));
redis.on("data", (data) => {
  waiting = Buffer.concat([waiting, data]);
  for (let message = readMessage(waiting); message; message = readMessage(waiting)) {
    waiting = waiting.subarray(message.next);
    if (message.entry) send(message.entry);
  }
});
