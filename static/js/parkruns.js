/** /parkruns/: shows each change to the athlete's parkruns while the page is open. */

import { follow } from "./live/follow.js";

follow(document.querySelector("[data-follow]"));
