"""Ways to take one picture from one camera. `cctv.capture.grab` is the door; no Django below it."""
