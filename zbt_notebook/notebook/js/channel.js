// What goes between a card and its kernel: messages alone, and in marimo one word. Nothing else is set on the model: its state
// can be saved into the notebook, messages cannot.

const PATIENCE = 3000; // ms in which a kernel that is free has answered
const ALIVE_WITHIN = 700; // ms in which one answers that was just told to be alive

export class Channel {
  /**
   * @param {any} model
   * @param {{ received: (content: any) => void, unanswered: () => void, restarted: () => void }} listener
   */
  constructor(model, listener) {
    this.model = model;
    this.listener = listener;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.waiting = undefined;
    /** @param {any} content */
    this.received = (content) => {
      clearTimeout(this.waiting);
      listener.received(content);
    };
    this.changed = () => this.ping(ALIVE_WITHIN, () => listener.restarted());
    model.on("msg:custom", this.received);
    model.on("comm_live_update", this.changed); // the kernel is gone, or another one is there
  }

  close() {
    clearTimeout(this.waiting);
    this.model.off("msg:custom", this.received);
    this.model.off("comm_live_update", this.changed);
  }

  /** What must not be seen goes as bytes beside the message: kernels and servers log what messages say, not those.
   * @param {string} kind
   * @param {Record<string, any>} [said]
   * @param {Record<string, string>} [unseen]
   */
  send(kind, said = {}, unseen = {}) {
    this.await(PATIENCE, () => this.listener.unanswered());
    this.post(kind, said, unseen);
  }

  /** Say something that needs no answer.
   * @param {string} kind
   * @param {Record<string, any>} said
   */
  tell(kind, said) {
    this.post(kind, said, {});
  }

  /** Set the one word that is state: marimo runs the cells that depend on it.
   * @param {string} phase
   */
  share(phase) {
    if (this.model.get("phase") === phase) return;
    this.model.set("phase", phase);
    this.model.save_changes();
  }

  /**
   * @param {number} patience
   * @param {() => void} unanswered
   */
  ping(patience, unanswered) {
    this.await(patience, unanswered);
    this.post("hello", {}, {});
  }

  /**
   * @param {number} patience
   * @param {() => void} unanswered
   */
  await(patience, unanswered) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(unanswered, patience);
  }

  /**
   * @param {string} kind
   * @param {Record<string, any>} said
   * @param {Record<string, string>} unseen
   */
  post(kind, said, unseen) {
    const hidden = Object.entries(unseen).filter(([, text]) => text);
    const bytes = hidden.map(([, text]) => new TextEncoder().encode(text));
    try {
      this.model.send({ kind, ...said, unseen: hidden.map(([name]) => name) }, undefined, bytes);
    } catch {
      // no kernel, no way to send: the patience that runs says so
    }
  }
}
