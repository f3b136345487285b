"""HubSpot contacts: internal property names, labels of the export button."""

from dataclasses import replace

from pipelines.load.meaning.presets.hubspot_labels import LABELS
from pipelines.load.meaning.presets.table import Known, Preset, Words, leaks, plain

# Every property of HubSpot's own begins so, and there are hundreds; a portal's own do not.
_VENDOR = (
    r"^hs_|^(date (entered|exited)|(cumulative|latest) time in) .*"
    r"\((lifecycle stage|contact) pipeline\)?"
)
_LEAKS = (
    r"^hs_(v2_|time_|latest_|predictive|date_|sequences_|sales_email_last|sa_|feedback_|num_|social_"
    r"|email_(open|click|bounce|delivered|replied|last_|first_|sends)|first_(outreach|engagement"
    r"|closed|order|subscription)|last_|recent_|count_is_|is_unworked|current_customer"
    r"|has_active|notes_|prospecting)"
    r"|^(num|recent|notes|engagements_last)_|^hubspotscore$"
    r"|^(date (entered|exited)|(cumulative|latest) time in|time between|time to move|time last"
    r"|time of last|became an? |recent |latest |marketing emails |number of (sales activities|times"
    r"|associated|open|form|unique|event|pageviews|sessions|sequences)|last (contacted|engagement"
    r"|sequence|marketing|booked|touch)|likelihood to close|contact priority|hubspot score"
    r"|lead (response time|rating)|predictive|next activity|event revenue|average pageviews)"
)
_LEAD_STATUS = Words(
    "hs_lead_status",
    (
        ("disqualified", ("UNQUALIFIED",)),
        ("opportunity", ("OPEN_DEAL",)),
        ("open", ("NEW", "OPEN", "IN_PROGRESS", "ATTEMPTED_TO_CONTACT", "CONNECTED",
                  "BAD_TIMING")),
    ),
)  # fmt: skip
# Code and label of a stage are one word here; a portal's own stages go into the mapping file.
_LIFECYCLE = Words(
    "lifecyclestage",
    (
        ("converted", ("customer", "evangelist", "Kunde", "Client", "Cliente", "Klant")),
        ("opportunity", ("opportunity",)),
        ("qualified", ("salesqualifiedlead",)),
        ("open", ("subscriber", "lead", "marketingqualifiedlead", "other")),
    ),
)

LEADS = Preset(
    name="hubspot",
    kind="leads",
    words=(_LEAD_STATUS, _LIFECYCLE),
    signature=("record id", "hs_object_id", "hs_lead_status", "lifecyclestage", "hubspot_owner_id"),
    vendor=_VENDOR,
    leaks=_LEAKS,
    columns=(
        Known("hs_object_id", "Record ID", "source_id", also=("Datensatz-ID", "ID de registro")),
        Known("vid", "Contact ID", "source_id", also=("id",)),
        Known("hs_merged_object_ids", "Merged Contact IDs", "merged_ids",
              also=("Merged record IDs",)),
        Known("hs_calculated_merged_vids", "Merged vids with timestamps of a contact",
              "merged_ids"),
        Known("hs_all_contact_vids", "All vids for a contact", "merged_ids"),
        Known("archived", "Archived", "is_deleted"),
        Known("firstname", "First Name", "first_name", also=("Vorname",)),
        Known("lastname", "Last Name", "last_name", also=("Nachname",)),
        Known("jobtitle", "Job Title", "title"),
        Known("company", "Company Name", "company", also=("Firmenname", "Unternehmensname",)),
        Known("associatedcompany", "Associated Company", "company",
              also=("Primary Associated Company",)),
        Known("email", "Email", "email", also=("E-Mail",)),
        Known("phone", "Phone Number", "phone", also=("Telefonnummer",)),
        Known("mobilephone", "Mobile Phone Number", "mobile", also=("Mobiltelefonnummer",)),
        Known("website", "Website URL", "website"),
        Known("address", "Street Address", "street"),
        Known("city", "City", "city"),
        Known("state", "State/Region", "state"),
        Known("hs_state_code", "State/Region Code", "state"),
        Known("zip", "Postal Code", "postal_code"),
        Known("country", "Country/Region", "country", also=("Land/Region",)),
        Known("hs_country_region_code", "Country/Region Code", "country"),
        Known("hs_analytics_source", "Original Traffic Source", "lead_source",
              also=("Original Source", "Original Source Type")),
        Known("industry", "Industry", "industry"),
        Known("numemployees", "Number of Employees", "employees"),
        Known("annualrevenue", "Annual Revenue", "annual_revenue"),
        Known("hs_lead_status", "Lead Status", "status", also=("Lead-Status",)),
        Known("hubspot_owner_id", "Contact owner", "owner_id"),
        Known("createdate", "Create Date", "created_at", also=("Erstellungsdatum", "createdAt")),
        Known("hs_createdate", "Object create date/time", "created_at"),
        Known("lastmodifieddate", "Last Modified Date", "modified_at", also=("updatedAt",)),
        Known("hs_lastmodifieddate", "Object last modified date/time", "modified_at"),
        Known("notes_last_updated", "Last Activity Date", "last_activity_date"),
        Known("hubspot_owner_assigneddate", "Owner Assigned Date", "assigned_at"),
        Known("hs_timezone", "Time Zone", "timezone"),
        Known("hs_language", "Preferred language", "language"),
        Known("hs_email_optout", "Unsubscribed from all email", "do_not_email",
              also=("Opted out of all email", "Unsubscribed from all emails")),
        Known("lifecyclestage", "Lifecycle Stage", "lifecycle_stage",
              also=("Lifecycle-Phase", "Phase du cycle de vie", "Etapa del ciclo de vida")),
        Known("hs_lifecyclestage_customer_date", "Became a Customer Date", "customer_at"),
        Known("hs_v2_date_entered_customer",
              'Date entered "Customer (Lifecycle Stage Pipeline)"', "customer_at"),
        Known("closedate", "Close Date", "closed_at"),
        Known(
            "hs_lifecyclestage_salesqualifiedlead_date",
            "Became a Sales Qualified Lead Date",
            "qualified_at",
        ),
        Known("hs_v2_date_entered_salesqualifiedlead",
              'Date entered "Sales Qualified Lead (Lifecycle Stage Pipeline)"', "qualified_at"),
        Known("hs_lifecyclestage_opportunity_date", "Became an Opportunity Date", "opportunity_at"),
        Known("hs_v2_date_entered_opportunity",
              'Date entered "Opportunity (Lifecycle Stage Pipeline)"', "opportunity_at"),
        *leaks(
            "hs_lifecyclestage_subscriber_date",
            "hs_lifecyclestage_lead_date",
            "hs_lifecyclestage_marketingqualifiedlead_date",
            "hs_lifecyclestage_evangelist_date",
            "hs_lifecyclestage_other_date",
            "Became a Lead Date",
            "Became a Marketing Qualified Lead Date",
            "days_to_close",
            "Days To Close",
            "first_deal_created_date",
            "First Deal Created Date",
            "total_revenue",
            "Total Revenue",
            "hs_analytics_revenue",
            "hs_analytics_num_visits",
            "hs_analytics_num_page_views",
            "hs_analytics_average_page_views",
            "hs_analytics_num_event_completions",
            "hs_analytics_last_timestamp",
            "hs_analytics_last_visit_timestamp",
            "hs_analytics_last_url",
            "hs_analytics_last_referrer",
            "hs_analytics_last_touch_converting_campaign",
            "num_notes",
            "Number of Sales Activities",
            "num_contacted_notes",
            "Number of times contacted",
            "notes_last_contacted",
            "Last Contacted",
            "notes_next_activity_date",
            "Next Activity Date",
            "num_associated_deals",
            "Number of Associated Deals",
            "num_conversion_events",
            "Number of Form Submissions",
            "recent_deal_amount",
            "Recent Deal Amount",
            "recent_deal_close_date",
            "Recent Deal Close Date",
            "Associated Deal",
            "Associated Deal IDs",
            "currentlyinworkflow",
        ),
        *plain(
            "salutation",
            "fax",
            "message",
            "associatedcompanyid",
            "Associated Company IDs",
            "Primary Associated Company ID",
            "Associated Note",
            "Associated Note IDs",
            "Fax Number",
            "Message",
            "Salutation",
            "hubspot_team_id",
            "HubSpot Team",
            "hs_marketable_status",
            "Marketing contact status",
            "hs_legal_basis",
            "Legal basis for processing contact's data",
            "Email Domain",
            "Time First Seen",
            "First Page Seen",
            "First Referring Site",
            "First Conversion",
            "First Conversion Date",
            "first_conversion_date",
            "first_conversion_event_name",
            "Record source",
            "Buying Role",
            "Persona",
            "LinkedIn URL",
            "hs_is_contact",
            "hs_email_domain",
            "hs_email_quarantined",
            "hs_email_recipient_fatigue_recovery_time",
            "hs_analytics_source_data_1",
            "hs_analytics_source_data_2",
            "Original Source Drill-Down 1",
            "Original Source Drill-Down 2",
            "Original Traffic Source Drill-Down 1",
            "Original Traffic Source Drill-Down 2",
            "hs_analytics_first_timestamp",
            "hs_analytics_first_visit_timestamp",
            "hs_analytics_first_touch_converting_campaign",
            "hs_calculated_phone_number",
            "hs_calculated_phone_number_country_code",
            "hs_searchable_calculated_phone_number",
        ),
    ),
)  # fmt: skip

_TRANSLATED = tuple(
    replace(column, also=column.also + LABELS.get(column.api, ())) for column in LEADS.columns
)
PRESETS = (replace(LEADS, columns=_TRANSLATED),)
