"""Campaigns that treated people by lot, read from a file to be learnt from."""

from pipelines.load.campaign.mapping import CampaignMapping, load_campaign_mapping
from pipelines.load.campaign.read import CampaignFile, read_campaign

__all__ = ["CampaignFile", "CampaignMapping", "load_campaign_mapping", "read_campaign"]
