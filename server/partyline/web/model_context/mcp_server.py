"""The tools as a server of the SDK, for any transport."""

import json
import logging
from collections.abc import Mapping
from typing import Any

import jsonschema
from mcp.server.lowlevel import Server
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)

from partyline.errors import PublisherError
from partyline.publishing.agents import TOOLS, AgentTool, Toolbox, instructions
from partyline.publishing.agents.toolbox import as_text
from partyline.version import __version__

logger = logging.getLogger(__name__)

_READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_BY_NAME = {row.name: row for row in TOOLS}


def mcp_server(toolbox: Toolbox) -> Server[Any]:
    """Return the server of the tools in *toolbox*."""

    async def list_tools(context: object, params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[_described(row) for row in TOOLS])

    async def call_tool(context: object, params: CallToolRequestParams) -> CallToolResult:
        return _called(toolbox, params.name, params.arguments or {})

    return Server(
        "partyline",
        version=__version__,
        title=toolbox.publication.knowledge.title,
        instructions=instructions(toolbox.publication.knowledge),
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _described(row: AgentTool) -> Tool:
    return Tool(
        name=row.name,
        description=row.description,
        input_schema=row.input_schema,
        output_schema=row.output_schema,
        annotations=_READS,
    )


def _called(toolbox: Toolbox, name: str, arguments: Mapping[str, Any]) -> CallToolResult:
    """Run a tool. A mistake of the caller is a result, so that a model reads it and corrects it."""
    row = _BY_NAME.get(name)
    if row is None:
        return _failed(f"Unknown tool: {name}; the tools are {', '.join(_BY_NAME)}.")
    try:
        jsonschema.validate(arguments, row.input_schema)
        table = row.run(toolbox, **arguments)
    except jsonschema.ValidationError as error:
        place = "".join(f" {part}:" for part in error.absolute_path)
        return _failed(f"{name}:{place} {error.message}")
    except PublisherError as error:
        return _failed(str(error))
    except Exception:
        logger.exception("the tool %s failed", name)
        return _failed(f"{name}: an error of the server; its log says more.")
    plain = json.loads(json.dumps(table))
    return CallToolResult(
        content=[TextContent(type="text", text=as_text(plain))], structured_content=plain
    )


def _failed(message: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=message)], is_error=True)
