// The worker of the surveyors' page. It keeps the shell, which is nobody's, and sends what waits when no page is open.
importScripts(...self.HARGA.senders);
keepShell({
  name: "harga",
  page: `/harga/?lang=${LANG}`,
  lists: self.HARGA,
  patience: 6000,
  mine: (pathname) => pathname === "/harga/",
});

self.addEventListener("sync", (event) => {
  if (event.tag !== "harga-kirim") return;
  event.waitUntil(
    self.harga.flush().then((done) => {
      if (done.left) throw new Error(done.why); // the browser tries again later
    }),
  );
});
