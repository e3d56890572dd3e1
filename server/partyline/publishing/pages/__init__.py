"""View models of the HTML pages: values for templates."""
