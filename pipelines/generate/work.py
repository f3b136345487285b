"""What people do and for whom: titles by seniority, industries, sources, and company names."""

from typing import Final


def _words(text: str, separator: str | None = None) -> tuple[str, ...]:
    return tuple(text.split(separator))


# Seniority levels, in the order of the propensity table; the last one is "no title given".
SENIORITIES: Final = ("staff", "manager", "director", "vp", "chief", "owner", "student", "missing")
SENIORITY_SHARE: Final = (0.28, 0.22, 0.13, 0.06, 0.07, 0.07, 0.03, 0.14)
_TITLES: Final = {
    "staff": "Account Executive|Analyst|Software Engineer|Office Administrator|Buyer|Consultant|"
    "Marketing Specialist|HR Coordinator|Accountant|Sales Representative|Engineer|Assistant|"
    "Sachbearbeiter|Medewerker inkoop",
    "manager": "Marketing Manager|Sales Manager|IT Manager|Operations Manager|Project Manager|"
    "Procurement Manager|Office Manager|Product Manager|Team Lead|Inkoopmanager|Vertriebsleiter",
    "director": "Director of Operations|Marketing Director|IT Director|Sales Director|"
    "Finance Director|Director, Procurement|Head of Marketing|Head of IT|Directeur commercial",
    "vp": "VP Sales|Vice President, Marketing|VP Engineering|VP of Operations|SVP Finance|"
    "Vice President",
    "chief": "CEO|CFO|CTO|CIO|CMO|COO|Chief Executive Officer|Chief Information Officer|"
    "Managing Director|Geschäftsführer|Algemeen directeur",
    "owner": "Owner|Founder|Co-Founder|Partner|President|Eigenaar|Inhaber|Proprietor",
    "student": "Student|Intern|Retired|Unemployed|Trainee",
    "missing": "",
}


def _titles() -> tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...]]:
    """Flatten titles to one list with each seniority's start and length."""
    flat: list[str] = []
    start: list[int] = []
    size: list[int] = []
    for level in SENIORITIES:
        own = _TITLES[level].split("|")
        start.append(len(flat))
        size.append(len(own))
        flat.extend(own)
    return tuple(flat), tuple(start), tuple(size)


TITLES, TITLE_START, TITLE_SIZE = _titles()

INDUSTRIES: Final = (
    "Technology",
    "Manufacturing",
    "Healthcare",
    "Financial Services",
    "Retail",
    "Education",
    "Construction",
    "Transportation",
    "Hospitality",
    "Government",
    "Professional Services",
    "Energy",
)
INDUSTRY_SHARE: Final = (0.16, 0.14, 0.09, 0.09, 0.12, 0.06, 0.08, 0.06, 0.06, 0.03, 0.08, 0.03)

# Lead sources with the year each appears and fades (drift): weight is linear between knots.
SOURCES: Final = (
    "Trade Show",
    "Phone Inquiry",
    "Purchased List",
    "Web",
    "Partner Referral",
    "Employee Referral",
    "Webinar",
    "Paid Search",
    "Content Download",
    "Social",
    "Chatbot",
    "Marketplace",
)
SOURCE_KNOT_YEARS: Final = (2000, 2006, 2012, 2018, 2026)
SOURCE_KNOTS: Final = (
    (0.34, 0.22, 0.12, 0.07, 0.04),
    (0.26, 0.18, 0.08, 0.04, 0.03),
    (0.22, 0.22, 0.14, 0.07, 0.03),
    (0.08, 0.22, 0.26, 0.24, 0.18),
    (0.06, 0.07, 0.08, 0.08, 0.08),
    (0.04, 0.04, 0.04, 0.04, 0.04),
    (0.00, 0.02, 0.09, 0.12, 0.10),
    (0.00, 0.03, 0.11, 0.14, 0.14),
    (0.00, 0.00, 0.06, 0.12, 0.14),
    (0.00, 0.00, 0.02, 0.08, 0.10),
    (0.00, 0.00, 0.00, 0.00, 0.08),
    (0.00, 0.00, 0.00, 0.00, 0.04),
)
PRODUCTS: Final = ("Core", "Plus", "Enterprise", "Service", "Training")

NAME_HEADS: Final = _words(
    "Northfield Bright Summit Harbor Cedar Granite Silver Maple River Stone Falcon Beacon Crystal "
    "Delta Ember Frontier Golden Highland Ivory Juniper Kestrel Lakeside Meridian Nimbus Orchard "
    "Pinnacle Quartz Redwood Sterling Timber Union Valley Westgate Yellowtail Zephyr Amber Birch "
    "Cobalt Dover Eastwood Fairway Glacier Hazel Indigo Jasper Kingsway Lantern Mariner Noble "
    "Onyx Prairie Quill Ridge Sable Thistle Umber Vertex Willow Yarrow Zenith Alder Boreal Copper "
    "Drift Elm Fjord Garnet Heron Iron Jetty Keystone Linden Marble Nova Osprey Pebble Raven Sage "
    "Tidal Upland Vista Wren Anchor Brook Canyon Dune Echo Fern Grove Hollow Inlet Juno Knoll "
    "Laurel Mesa Nectar Opal Pike Quarry Rowan Slate Tundra Violet Wharf Acorn Bison Clover Dawn "
    "Eagle Flint Gale Haven Isle Jade Kite Lotus Moss Nest Oak Pearl Reef Spruce Thorn Vale Wave"
)
NAME_TAILS: Final = _words(
    "Logistics Systems Foods Media Partners Software Textiles Energy Health Motors Analytics "
    "Engineering Furniture Consulting Networks Packaging Pharma Design Capital Electronics "
    "Freight Instruments Labs Marketing Optics Plastics Robotics Security Telecom Travel Tools "
    "Ventures Works Books Chemicals Dental Events Farms Glass Homes Insurance Kitchens Legal "
    "Metals Nutrition Organics Paints Recruiting Shipping Training Utilities Vision Water "
    "Apparel Bikes Care Data Fitness Gardens Hotels Imaging Jewels Knives Lighting Mining "
    "Nurseries Outdoor Paper Quality Roofing Seating Trucks Upholstery Vehicles Wines Apps Baking"
)
STREETS: Final = _words(
    "Main Street|High Street|Church Road|Station Road|Park Avenue|Mill Lane|Oak Drive|King Street|"
    "Market Square|Industrial Way|Harbour Road|Hauptstraße|Bahnhofstraße|Schulstraße|Gartenweg|"
    "Dorpsstraat|Kerkstraat|Stationsweg|Molenlaan|Rue de la Gare|Avenue Victor Hugo|Calle Mayor",
    "|",
)
# First and last street (inclusive, exclusive) of each culture in words.CULTURES.
STREET_START: Final = (0, 15, 11, 19, 21)
STREET_SIZE: Final = (11, 4, 4, 2, 1)
