"""Load a release into a SPARQL endpoint, in bounded requests that may be continued."""

from partyline.loading.graphs import default_graph
from partyline.loading.load import Load, Loaded
from partyline.loading.patience import PatientEndpoint
from partyline.loading.serving import remote_engine

__all__ = ["Load", "Loaded", "PatientEndpoint", "default_graph", "remote_engine"]
