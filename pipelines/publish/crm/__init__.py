"""What a CRM is told of a night: files to upsert by the source's own id, one for each source."""

from pipelines.publish.crm.files import write_crm

__all__ = ["write_crm"]
