"""What programs such as language models ask of a release: few tools, and answers with grounds."""

from partyline.publishing.agents.llms_text import llms_text
from partyline.publishing.agents.toolbox import Toolbox
from partyline.publishing.agents.tools import TOOLS, AgentTool, instructions

__all__ = ["TOOLS", "AgentTool", "Toolbox", "instructions", "llms_text"]
