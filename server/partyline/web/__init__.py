"""The web application: HTTP in, HTTP out, and no RDF of its own."""

import json
from collections.abc import Iterator, Sequence
from functools import partial

from flask import Blueprint, Flask
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from pyoxigraph import NamedNode, Triple

from partyline.errors import SettingsError
from partyline.history import OntologyVersions, Succession
from partyline.publishing import (
    ProofPage,
    ProofService,
    Publication,
    Questions,
    TermPage,
    contradictions_concerning,
    dataset_iri,
    is_class_or_property,
    proof_page,
    schema_org_dataset,
    term_page,
)
from partyline.publishing.lineage import HAS_CARDS, Pictures
from partyline.releases import GRAPHS, VIEWS, PublicationLog, PublishedRelease
from partyline.settings import NO_ENDPOINT, Settings
from partyline.sparql import QueryEngine
from partyline.web.access_log import AccessLogMiddleware
from partyline.web.as_of import refuse_elsewhere
from partyline.web.earlier.archive import Archive, OpenedReleases
from partyline.web.earlier.history import History, current_address
from partyline.web.earlier.memento import Memento
from partyline.web.error_handlers import handle_failures
from partyline.web.headers import Sharing, add_headers
from partyline.web.hot_reload import Problems, ReleaseWatcher, ServedRelease, ServedReleases
from partyline.web.languages import Languages
from partyline.web.metrics import Metrics
from partyline.web.protocol import address_length
from partyline.web.public_address import PublicAddress
from partyline.web.query_execution import QueryExecutor
from partyline.web.sparql_endpoint import ENDPOINT, SparqlEndpoint
from partyline.web.templating.compiled_templates import on_each_page
from partyline.web.templating.page_text import prepare_templates
from partyline.web.templating.site import page_words, prepare_site, site_files
from partyline.web.trailing_slash import without_trailing_slash
from partyline.web.views import (
    api,
    changes,
    dataset,
    discovery,
    dumps,
    graph_dumps,
    lineage,
    links,
    ontology,
    operations,
    pages,
    questions,
    reconciliation,
    release_files,
    releases,
    resources,
    search,
    sparql,
    thesauri,
    why,
)
from partyline.web.views.agents import blueprint as views_of_agents
from partyline.web.views.answers import blueprint as views_of_answers

__all__ = [
    "ENDPOINT",
    "AccessLogMiddleware",
    "Archive",
    "History",
    "Memento",
    "Metrics",
    "OpenedReleases",
    "Problems",
    "PublicAddress",
    "ReleaseWatcher",
    "ServedRelease",
    "ServedReleases",
    "address_length",
    "create_app",
]


def create_app(
    publication: Publication,
    pool: QueryEngine,
    settings: Settings,
    metrics: Metrics | None = None,
    problems: Problems | None = None,
    history: History | None = None,
) -> Flask:
    """Build the application around a release that is open already.

    *metrics* and *problems* are those of the process, which may have served other releases before;
    *history* says which they are.
    """
    app = _application(publication, pool, settings, metrics, problems, history)
    _refuse_taken(publication, settings)
    applications = {settings.page_languages[0]: app.wsgi_app}
    for tag in settings.page_languages[1:]:
        translated = _application(
            publication.in_language(tag),
            pool,
            settings.in_language(tag),
            metrics,
            problems,
            history,
        )
        applications[tag] = translated.wsgi_app
    if len(applications) > 1:
        app.wsgi_app = Languages(applications)  # type: ignore[method-assign]  # as Flask documents
    return app


def _refuse_taken(publication: Publication, settings: Settings) -> None:
    """Raise SettingsError where IRIs of resources are at the addresses of a language."""
    tags = settings.page_languages if settings.site.languages else ()
    for tag in tags:
        root = publication.addresses.published(f"/{tag}/")
        if publication.statements.table.terms.has_beginning(f"<{root}"):
            raise SettingsError(
                f"site.languages: pages in {tag!r} would be below {root}, where resources of this"
                " release are; name the language by another tag, such as one with its region"
            )


def _application(
    publication: Publication,
    pool: QueryEngine,
    settings: Settings,
    metrics: Metrics | None,
    problems: Problems | None,
    history: History | None,
) -> Flask:
    """Build the application of one language."""
    app = Flask(__name__, static_folder=None)
    # An IRI may hold two slashes in a row, and that one is meant.
    app.url_map.merge_slashes = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's default provider has it
    pictures = Pictures(publication)
    executor = QueryExecutor(publication, pool, settings.server.trusted_proxies)
    problems = problems or Problems()
    _prepare_pages(app, publication, settings, pictures)
    app.jinja_env.globals.update(
        earlier=history.earlier if history else None, current_address=current_address
    )
    for views in (
        *_views_of_publication(publication, pictures, _versions(settings, history)),
        *_views_at_public_address(publication, executor, settings, pictures, history),
        *_views_of_questions(publication, executor, settings, pictures),
        dumps.blueprint(publication, problems),
        graph_dumps.blueprint(publication, settings.published_endpoint),
        operations.blueprint(publication, pool, metrics, problems),
        reconciliation.blueprint(publication, settings.limits),
        *_views_of_history(publication, settings, history or History()),
        _answers(publication, executor, settings, history or History()),
        _agents(publication, executor, settings, pictures, history or History()),
    ):
        app.register_blueprint(views)
    app.before_request(without_trailing_slash)
    app.before_request(refuse_elsewhere)
    handle_failures(app)
    sharing = Sharing(settings.server.origins)
    add_headers(app, sharing, has_images=publication.presenter.has_images)
    queries = SparqlEndpoint(app.wsgi_app, executor, sharing, settings.limits.query_length)
    app.extensions[ENDPOINT] = queries
    app.wsgi_app = queries  # type: ignore[method-assign]  # as Flask documents for middleware
    return app


def _prepare_pages(
    app: Flask, publication: Publication, settings: Settings, pictures: Pictures
) -> None:
    """Give the templates their files, and the values that pages of every kind show."""
    static_files = prepare_templates(app, site_files(settings.site))
    prepare_site(app, settings)

    def about(*, has_hashes: bool) -> Markup:
        """Describe the dataset, in ASCII: no character of a title can change what is around it."""
        found = schema_org_dataset(publication, dataset_iri(publication), has_hashes=has_hashes)
        return htmlsafe_json_dumps(found, json.dumps)

    app.jinja_env.filters["published"] = on_each_page(publication.addresses.published)
    app.jinja_env.globals.update(
        knowledge=publication.knowledge,
        manifest=publication.release.manifest,
        ontology_path=publication.addresses.ontology,
        ontologies=publication.addresses.ontologies,
        prefixes=publication.prefixes,
        graphs=GRAPHS,
        views=VIEWS,
        limits=settings.limits,
        dataset_json_ld=about(has_hashes=True),
        dataset_in_short_json_ld=about(has_hashes=False),
        # Built from editor/ where there is Node; without it, the form is the editor.
        editor="editor.js" in static_files,
        # Of files, what needs a server leaves out.
        is_static=False,
        image_of=publication.presenter.image,
        contradictions_of=partial(contradictions_concerning, publication),
        has_schemes=bool(publication.schemes.iris),
        number_of_contradictions=len(publication.contradictions.rows),
        picture_of=pictures.path,
        has_pictures=pictures.is_available,
        has_cards=HAS_CARDS,
    )


def _versions(settings: Settings, history: History | None) -> OntologyVersions:
    """Return the versions of ontologies, as the application of the current release knows them."""
    log = history.log if history else None
    return OntologyVersions(log or PublicationLog(settings.releases, ()))


def _views_of_publication(
    publication: Publication, pictures: Pictures, versions: OntologyVersions
) -> Iterator[Blueprint]:
    """Yield the views that depend on nothing but the release, and earlier ones of its terms."""
    proofs = ProofService(publication)

    def explain(triple: Triple) -> ProofPage:
        return proof_page(publication.presenter, proofs.explain(triple))

    def term(iri: str) -> TermPage | None:
        node, ontology = NamedNode(iri), publication.ontology_of(iri)
        if ontology is None or not is_class_or_property(publication.statements, node):
            return None
        return term_page(
            publication.presenter, node, ontology, proofs.rules_about, proofs.rule_texts
        )

    yield pages.blueprint(publication, pictures, explain)
    yield thesauri.blueprint(publication)
    yield lineage.blueprint(publication, pictures)
    services = resources.PageServices(explain, term, pictures.lifetime, versions)
    yield resources.blueprint(publication, services)
    yield ontology.blueprint(publication, versions)
    yield why.blueprint(publication, proofs)
    yield links.blueprint(publication)


def _views_of_history(
    publication: Publication, settings: Settings, history: History
) -> Iterator[Blueprint]:
    """Yield the views of the succession of releases; one of the earlier ones leads to them."""
    if history.earlier:
        yield releases.blueprint_of_earlier()
        return
    log = history.log or PublicationLog(settings.releases, ())
    succession = Succession(log)
    yield releases.blueprint(publication, succession)
    yield release_files.blueprint(log, is_public=settings.history.files)
    yield changes.blueprint(publication, succession, _root(publication, settings))


def _answers(
    publication: Publication, executor: QueryExecutor, settings: Settings, history: History
) -> Blueprint:
    """Return the views of answers, whose addresses are the same in every release."""
    root = _outer_root(publication, settings, history)
    log = None if history.earlier else history.log or PublicationLog(settings.releases, ())
    return views_of_answers(publication, executor, root, log)


def _agents(
    publication: Publication,
    executor: QueryExecutor,
    settings: Settings,
    pictures: Pictures,
    history: History,
) -> Blueprint:
    """Return the views for agents."""
    root = _outer_root(publication, settings, history)
    proofs = ProofService(publication)
    return views_of_agents(publication, proofs, executor, settings.server, root, pictures.lifetime)


def _outer_root(publication: Publication, settings: Settings, history: History) -> str:
    """Return the public address of the path ``/`` of the current release, with a slash."""
    root = _root(publication, settings)
    return root.rpartition("releases/")[0] if history.earlier else root


def _views_of_questions(
    publication: Publication, executor: QueryExecutor, settings: Settings, pictures: Pictures
) -> Iterator[Blueprint]:
    """Yield the views that answer named questions; programs are led to the endpoint with them."""
    named, chosen = Questions(publication), settings.server.endpoint
    endpoint = "" if chosen == NO_ENDPOINT else chosen or f"{_root(publication, settings)}sparql"
    yield questions.blueprint(named, executor, endpoint)
    yield api.blueprint(named, executor, pictures.lifetime)


def _kept_releases(history: History | None) -> Sequence[PublishedRelease]:
    """Return the releases that are kept, for the current one; of the past, nothing changes."""
    return history.log.kept if history and history.log and not history.earlier else ()


def _root(publication: Publication, settings: Settings) -> str:
    """Return the public address of the path ``/``, with a slash."""
    public = settings.server.address
    return f"{public}/" if public else publication.addresses.published("/")


def _views_at_public_address(
    publication: Publication,
    executor: QueryExecutor,
    settings: Settings,
    pictures: Pictures,
    history: History | None,
) -> Iterator[Blueprint]:
    """Yield the views that name their own address.

    The Host of a request is what a client says, and not the name of this server.
    """
    public, root = settings.server.address, _root(publication, settings)
    own = f"{public}/sparql" if public else f"{publication.knowledge.base}sparql"
    chosen = settings.server.endpoint
    endpoint = "" if chosen == NO_ENDPOINT else chosen or own
    yield dataset.blueprint(publication, endpoint, partial(_kept_releases, history))
    languages = settings.page_languages if settings.site.languages else ()
    yield discovery.blueprint(
        publication, root, answers_queries=endpoint == own, languages=languages
    )
    yield search.blueprint(publication, root, pictures.lifetime)
    yield sparql.blueprint(publication, executor, settings.limits, own, page_words(settings))
