"""Templates: what the credentials of a course say and look like."""

from academe.services.credential.templates.model import Signatory, Template
from academe.services.credential.templates.repository import TemplateRepository
from academe.services.credential.templates.service import Templates

__all__ = ["Signatory", "Template", "TemplateRepository", "Templates"]
