// Every behaviour of the desk. Each is hooked by a data attribute and does nothing where there is none.
import "./beside.js";
import "./chips.js";
import "./composer.js";
import "./dialog.js";
import "./drafted.js";
import "./frame.js";
import "./keys.js";
import "./live.js";
import "./menu.js";
import "./open.js";
import "./save.js";
import "./select.js";
import "./suggest.js";
import "./theme.js";
import "./thread.js";
import "./toast.js";
import "./when.js";
