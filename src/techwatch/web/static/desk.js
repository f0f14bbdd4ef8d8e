// Everything works without this file; with it, keys do what buttons do.
"use strict";
