// The desk for rooms: holds count down by the server's clock.
import { onSecond } from "./conf.js";
import { tick } from "./rooms-until.js";

onSecond(tick);
