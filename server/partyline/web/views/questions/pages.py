"""The questions: their list, the page of each with its form and its answer, the same as data."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from partyline.errors import BadQuery, RequestError
from partyline.publishing import (
    EXAMPLES_PATH,
    Field,
    GraphView,
    Question,
    Questions,
    QuestionTerm,
    TableView,
    bar_chart,
    question_address,
    question_fields,
    question_path,
    read_graph,
    read_values,
    table,
)
from partyline.releases import EXAMPLE_PREFIXES, example_triples
from partyline.sparql import RESULT_FORMATS, is_repeatable, query_form
from partyline.web.access_log import ERROR
from partyline.web.documents import (
    Alternate,
    NegotiableDocument,
    Representation,
    alternates,
    graph_writer,
    respond,
)
from partyline.web.negotiation import HTML, wants_page
from partyline.web.public_address import here
from partyline.web.query_execution import QueryExecutor, formats_of
from partyline.web.views.questions.answers import (
    chosen_format,
    closing_chunks,
    execute,
    formats,
    send,
)

#: Rows on a page, and bytes of a graph on it.
_ROWS, _BYTES = 100, 64 * 1024
#: The parameter with the number of the page; no question has one of this name.
_PAGE = "page"
#: Characters of the values of all parameters.
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """What the page of a question shows."""

    question: Question
    fields: tuple[Field, ...]
    #: The query with the values, for the editor.
    query: str
    #: The address of this answer.
    address: str
    table: TableView | None = None
    #: The same as a picture; empty where none is declared.
    chart: str = ""
    graph: GraphView | None = None
    downloads: tuple[Alternate, ...] = ()
    number: int = 1
    #: Addresses of the pages before and after this one; empty where there is none.
    previous: str = ""
    following: str = ""
    error: str = ""


def blueprint(questions: Questions, executor: QueryExecutor, endpoint: str) -> Blueprint:
    """Build the views; *endpoint* is the IRI at which the examples can be sent; empty for none."""
    views = Blueprint("questions", __name__)
    view = _QuestionView(questions, executor)

    def list_page() -> str:
        data = alternates(lambda extension: f"{EXAMPLES_PATH}.{extension}")
        return render_template(
            "questions.html",
            themes=questions.by_theme(),
            path_of=question_path,
            alternates=data,
        )

    examples = NegotiableDocument(
        graph=graph_writer(
            lambda: example_triples(questions.rows, questions.iri, endpoint),
            {**questions.publication.prefixes, **EXAMPLE_PREFIXES},
        ),
        page=list_page,
        address=lambda extension: (
            "/questions/" if extension == "html" else f"{EXAMPLES_PATH}.{extension}"
        ),
    )

    @views.get("/questions/")
    def index() -> Response:
        """List the questions by theme; a client of data receives them as examples of queries."""
        return examples.respond()

    @views.get(EXAMPLES_PATH)
    @views.get(f"{EXAMPLES_PATH}.<extension>")
    def described(extension: str = "") -> Response:
        """Describe the questions in RDF, as examples of queries."""
        return examples.respond(extension)

    @views.get("/questions/<name>")
    def question(name: str) -> Response:
        """Answer a question, as a page or in a format of answers."""
        return view.respond(name)

    return views


@dataclass(frozen=True, slots=True)
class _QuestionView:
    questions: Questions
    executor: QueryExecutor

    def respond(self, path: str) -> Response:
        """Answer the question that *path* names, maybe with an extension. Raises RequestError."""
        question, extension = self._find(path)
        chosen = chosen_format(question, extension)
        if chosen is None:
            return self._page(question)
        values = read_values(self.questions.publication, question, self._written())
        location = "" if extension else self._address(question, values, chosen.extension)
        return send(self.executor, question, values, chosen, location)

    def _find(self, path: str) -> tuple[Question, str]:
        """Return the question, and the extension behind its name. Raises UnknownResource."""
        names = {row.name for row in self.questions.rows}
        stem, _, extension = path.rpartition(".")
        if path not in names and stem in names:
            return self.questions.find(stem), extension
        return self.questions.find(path), ""

    def _written(self) -> Mapping[str, str]:
        """Return the parameters as they are in the address. Raises BadQuery."""
        written = {}
        for name, texts in request.args.lists():
            if len(texts) > 1:
                raise BadQuery(f"The parameter {name} has {len(texts)} values; write one.")
            if name != _PAGE and texts[0].strip():
                written[name] = texts[0]
        if sum(map(len, written.values())) > _LONGEST:
            raise BadQuery(f"The values are longer than {_LONGEST} characters.")
        return written

    def _page(self, question: Question) -> Response:
        publication = self.questions.publication
        values: Mapping[str, QuestionTerm] = {}
        written: Mapping[str, str] = {}
        error: RequestError | None = None
        try:
            written = self._written()
            values = read_values(publication, question, written)
            page = self._answered(question, values, self._number())
        except RequestError as caught:
            if not wants_page(request.headers.get("Accept", HTML)):
                raise
            error = caught
            request.environ[ERROR] = type(error).__name__
            page = QuestionPage(
                question,
                question_fields(publication, question, values, written),
                question.bind(values),
                self._address(question, values),
                error=str(error),
            )
        return self._shown(page, error)

    def _answered(
        self, question: Question, values: Mapping[str, QuestionTerm], number: int
    ) -> QuestionPage:
        publication = self.questions.publication
        query = question.bind(values)
        rows, graph = self._read(query, number)
        is_rows = rows is not None and rows.boolean is None
        has_more = is_rows and rows is not None and not rows.complete
        if is_rows and rows is not None and not rows.rows and number > 1:
            raise BadQuery(f"The answer has no page {number}.")
        return QuestionPage(
            question,
            question_fields(publication, question, values, {}),
            query,
            here(self._address(question, values)),
            table=rows,
            chart=bar_chart(question.chart, rows) if question.chart and rows else "",
            graph=graph,
            downloads=tuple(self._downloads(question, values)),
            number=number,
            previous=here(self._numbered(question, values, number - 1)) if number > 1 else "",
            following=here(self._numbered(question, values, number + 1)) if has_more else "",
        )

    def _read(self, query: str, number: int) -> tuple[TableView | None, GraphView | None]:
        """Return the rows of a page, or a graph."""
        form = formats_of(query_form(query))
        with closing_chunks(execute(self.executor, query, form[0])) as chunks:
            presenter = self.questions.publication.presenter
            if form is RESULT_FORMATS:
                return table(presenter, chunks, _ROWS, (number - 1) * _ROWS), None
            return None, read_graph(presenter, chunks, _BYTES)

    def _shown(self, page: QuestionPage, error: RequestError | None) -> Response:
        def write() -> str:
            return render_template("question.html", page=page)

        names = [_PAGE, *(row.name for row in page.question.parameters)]
        is_kept = error is None and is_repeatable(page.query)
        chosen = Representation(HTML, "html", write)
        if is_kept:
            response = respond(chosen, parameters=names)
        else:
            response = Response(write(), mimetype=HTML)
        response.vary.add("Accept")
        if error is not None:
            response.status_code = error.status
            if error.retry_after is not None:
                response.headers["Retry-After"] = str(error.retry_after)
        return response

    def _downloads(
        self, question: Question, values: Mapping[str, QuestionTerm]
    ) -> tuple[Alternate, ...]:
        return tuple(
            Alternate(
                row.name, row.media_type, here(self._address(question, values, row.extension))
            )
            for row in formats(question)
        )

    def _address(
        self, question: Question, values: Mapping[str, QuestionTerm], extension: str = ""
    ) -> str:
        return question_address(self.questions.publication, question, values, extension)

    def _numbered(self, question: Question, values: Mapping[str, QuestionTerm], number: int) -> str:
        publication = self.questions.publication
        if number == 1:
            return self._address(question, values)
        return question_address(publication, question, values, page=str(number))

    def _number(self) -> int:
        """Return the number of the page. Raises BadQuery."""
        text = request.args.get(_PAGE, "1")
        if not text.isascii() or not text.isdigit() or len(text) > 6 or int(text) < 1:
            raise BadQuery(f"The parameter {_PAGE} is “{text[:20]}”: write the number of a page.")
        return int(text)
