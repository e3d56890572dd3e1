// Reloads the page when the server has a newer state of the sources.
"use strict";

(() => {
    const { address, state } = document.currentScript.dataset;
    const pause = 250;  // milliseconds

    // What somebody is writing is not thrown away.
    const isWritten = () =>
        document.querySelector("textarea") !== null ||
        [...document.querySelectorAll("input")].some((field) => field.value !== field.defaultValue);

    const offer = (newest) => {
        let note = document.querySelector(".preview-newer");
        if (note === null) {
            note = document.createElement("p");
            note.className = "preview-newer";
            note.setAttribute("role", "status");
            const link = document.createElement("a");
            link.href = location.href;
            link.textContent = "Reload";
            note.append("The sources have changed. ", link);
            document.body.append(note);
        }
        note.dataset.state = newest;
    };

    const look = async () => {
        if (!document.hidden) {
            try {
                const answer = await fetch(address, { cache: "no-store" });
                const newest = (await answer.json()).state;
                if (newest !== state && !isWritten()) {
                    location.reload();
                    return;
                }
                if (newest !== state) offer(newest);
            } catch {
                // The server does not run. It is asked again: it may be started again.
            }
        }
        setTimeout(look, pause);
    };

    setTimeout(look, pause);
})();
