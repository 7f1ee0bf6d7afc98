// Every sentence the page itself says. What the assistant says comes from the server.
export const WORDS = {
  authors: { visitor: "You", bot: "Assistant", staff: "Clinic staff" },
  answeredBy: {
    bot: "Automated assistant",
    staff: "With clinic staff",
  },
  handover: {
    bot: "The automated assistant is answering again.",
    staff: "Clinic staff now have this conversation.",
  },
  conversation: "Conversation",
  messageLabel: "Your message",
  messageHint: "Enter sends. Shift and Enter starts a new line.",
  messagePlaceholder: "Write a message",
  send: "Send",
  compose: "Write a message",
  choices: "Choices",
  writing: "The assistant is writing",
  newer: "More below",
  states: {
    queued: "Sending…",
    sending: "Sending…",
    sent: "Sent",
    waiting: "Not sent yet. It is kept here.",
  },
  tryAgain: "Try again",
  unreachable:
    "No connection to the clinic’s chat right now. What you write is kept on this page and goes out when the " +
    "connection is back. If it is urgent, call 911, or call or text 988.",
  listening: "The connection was interrupted. New replies will show here as soon as it is back.",
  ended: "That conversation has ended. Your next message starts a new one.",
  renewed: "Your earlier conversation has ended. This is a new one.",
  newReply: "New reply",
  about: {
    summary: "Where this comes from",
    source: "Source",
    reviewedBy: "Reviewed by",
    reviewedOn: "Reviewed on",
    notReviewed: "Not yet reviewed",
  },
  helplines: {
    en: { call: "Call", text: "Text", textWord: "Text {word} to {to}", chat: "Chat at" },
    es: { call: "Llamar al", text: "Mensaje al", textWord: "Enviar {word} al {to}", chat: "Chat en" },
  },
};
