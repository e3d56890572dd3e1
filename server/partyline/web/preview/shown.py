"""The state of a preview that pages show: set once its release answers."""

from collections.abc import Callable
from dataclasses import replace

from partyline.releases import PreviewState
from partyline.web.hot_reload import Problems, ServedRelease, ServedReleases


class ShownPreview:
    """The releases of a preview, one after the other, and the state that goes with the last."""

    def __init__(
        self,
        state: PreviewState,
        open_release: Callable[[PreviewState], ServedRelease],
        problems: Problems,
    ) -> None:
        """Open the release of the first *state*. Raises PublisherError."""
        self._newest, self._problems = state, problems
        self.releases = ServedReleases(lambda: open_release(self._newest), problems)
        #: Never newer than the release that answers: a page that names it is of it.
        self.state = state
        self._note(state)

    def show(self, state: PreviewState) -> PreviewState:
        """Serve the release of *state* and show its findings; return what is shown.

        A release that does not open is not served, which the state that is returned says.
        """
        self._newest = state
        if state.release != self.state.release and not self.releases.renew():
            reason = "the release could not be opened; see the terminal"
            earlier = self.state.release
            state = replace(state, release=earlier, problem=reason, is_current=False)
        self.state = state
        self._note(state)
        return state

    def _note(self, state: PreviewState) -> None:
        """Have the health page say whether the sources are served as they are."""
        earlier = "" if state.is_current else "the sources cannot be served; an earlier state is"
        self._problems.set("preview", earlier)
