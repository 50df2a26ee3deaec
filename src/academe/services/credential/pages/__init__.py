"""What people see: the certificate as SVG, PNG and PDF, and the page around it. Pure functions."""

from academe.services.credential.pages.certificate import (
    render_pdf,
    render_png,
    render_svg,
    render_svg_of_pixels,
)
from academe.services.credential.pages.languages import negotiate_language
from academe.services.credential.pages.model import (
    CertificateView,
    Download,
    Form,
    PageView,
    Signatory,
)
from academe.services.credential.pages.page import is_prepared, page_headers, page_status, render_page

__all__ = [
    "CertificateView",
    "Download",
    "Form",
    "PageView",
    "Signatory",
    "is_prepared",
    "negotiate_language",
    "page_headers",
    "page_status",
    "render_page",
    "render_pdf",
    "render_png",
    "render_svg",
    "render_svg_of_pixels",
]
