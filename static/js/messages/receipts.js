/** Tells the server which messages have reached this device. */

/** Acknowledge the other people's messages in what the socket has received. */
export function sayDelivered(socket, { message, messages = [] }) {
  const theirs = (message ? [message] : messages).filter(({ mine, deleted }) => !mine && !deleted);
  if (theirs.length) socket.send({ type: "message.delivered", id: Math.max(...theirs.map(({ id }) => id)) });
}
