// Browsers start no worker from a file. So where the site is opened as files, the search runs in a hidden frame.
if (location.protocol === "file:") {
  window.IFrameWorker = class extends EventTarget {
    constructor(address) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      this.ready = new Promise(done => {
        frame.onload = () => {
          const room = frame.contentWindow, script = room.document.createElement("script");
          room.postMessage = data => this.dispatchEvent(new MessageEvent("message", {data}));
          room.importScripts = (...files) => files.reduce((before, src) => before.then(() => new Promise((loaded, failed) => {
            room.document.body.append(Object.assign(room.document.createElement("script"), {src, onload: loaded, onerror: failed}));
          })), Promise.resolve());
          Object.assign(script, {src: address, onload: () => done(room)});
          room.document.body.append(script);
        };
      });
      frame.srcdoc = "<body></body>";
      document.body.append(frame);
    }
    set onmessage(heard) { this.addEventListener("message", heard); }
    postMessage(data) { this.ready.then(room => room.dispatchEvent(new room.MessageEvent("message", {data}))); }
  };
  window.Worker = window.IFrameWorker;
}
