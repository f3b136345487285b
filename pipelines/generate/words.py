"""What people are called: names by culture, and their plain ASCII form for addresses.

Every list is a plain tuple in the order it is drawn from; changing one changes every world, so
treat them as part of the seed.
"""

import unicodedata

_FIRST = {
    "english": "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William "
    "Barbara Richard Susan Joseph Jessica Thomas Sarah Charles Karen Christopher Lisa Daniel Nancy "
    "Matthew Betty Anthony Margaret Mark Sandra Donald Ashley Steven Kimberly Paul Emily Andrew "
    "Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Dorothy George Melissa Timothy Deborah "
    "Ronald Stephanie Edward Rebecca Jason Sharon Jeffrey Laura Ryan Cynthia Jacob Kathleen Gary "
    "Amy Nicholas Angela Eric Shirley Jonathan Anna Stephen Brenda Larry Pamela Justin Emma Scott "
    "Nicole Brandon Helen Benjamin Samantha Samuel Katherine Gregory Christine Frank Debra Oliver "
    "Harriet Callum Imogen Rhys Niamh Ewan Priya Arjun Wei Mei Fatima Omar Aisha Diego Sofia",
    "dutch": "Jan Anna Pieter Maria Johannes Johanna Cornelis Elisabeth Willem Sanne Daan Lieke "
    "Bram Femke Sem Lotte Thijs Anouk Ruben Marloes Jeroen Esther Maarten Wendy Bas Mirjam Joost "
    "Ingrid Sander Marieke Koen Saskia Niels Eline Gijs Noor Mohamed Fatma Luuk Roos Stijn Evi",
    "german": "Thomas Sabine Michael Andrea Andreas Petra Stefan Monika Wolfgang Claudia Jürgen "
    "Birgit Klaus Susanne Peter Karin Uwe Nicole Frank Anja Matthias Katrin Markus Julia Tobias "
    "Lena Florian Jana Jörg Käthe Björn Ulrike Günter Heike Lukas Hannah Jonas Mia Felix Leonie "
    "Mehmet Ayşe Kai Silke Dirk Melanie Ralf Tanja",
    "french": "Jean Marie Pierre Nathalie Michel Isabelle Philippe Catherine Alain Sylvie Nicolas "
    "Céline François Hélène Laurent Valérie Stéphane Sandrine Thierry Aurélie Julien Émilie Karim "
    "Léa Mathieu Chloé Benoît Inès Guillaume Camille",
    "spanish": "Antonio María José Carmen Manuel Ana Francisco Isabel Juan Dolores Javier Pilar "
    "Sergio Lucía Álvaro Marta Raúl Núria Andrés Elena Íñigo Rocío Pablo Beatriz",
}
_LAST = {
    "english": "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Wilson "
    "Anderson Thomas Taylor Moore Jackson Martin Lee Thompson White Harris Clark Lewis Robinson "
    "Walker Young Allen King Wright Scott Hill Green Adams Nelson Baker Hall Campbell Mitchell "
    "Carter Roberts Phillips Evans Turner Parker Collins Edwards Stewart Morris Murphy Cook Rogers "
    "Morgan Cooper Peterson Bailey Reed Kelly Howard Cox Ward Richardson Watson Brooks Wood James "
    "Bennett Gray Hughes Price Myers Long Foster Sanders Ross Powell Sullivan Russell Fisher "
    "Henderson Cole West Jordan Reynolds Graham Wallace Woods Patel Singh Khan Nguyen Chen Kim "
    "O'Brien O'Connor MacDonald McKenzie Fraser Sinclair Davies Griffiths Lloyd Hussain Begum "
    "Okafor Mensah Doyle Byrne Gallagher Whitfield Ashworth Pemberton Holloway Tremblay Gagnon",
    "dutch": "de_Jong Jansen de_Vries van_den_Berg van_Dijk Bakker Janssen Visser Smit Meijer "
    "de_Boer Mulder de_Groot Bos Vos Peters Hendriks van_Leeuwen Dekker Brouwer de_Wit Dijkstra "
    "Smits de_Graaf van_der_Meer van_der_Linden Kok Jacobs de_Haan Vermeulen van_den_Heuvel "
    "van_der_Veen van_den_Broek de_Bruijn van_der_Heijden Schouten van_Beek Willems van_Vliet "
    "Hoekstra Maas Verhoeven Koster van_Dam Prins Blom Huisman Peeters Kuipers Veenstra Postma",
    "german": "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer "
    "Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann "
    "Hartmann Lange Schmitt Werner Krause Meier Lehmann Köhler Herrmann König Walter Mayer Huber "
    "Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller Günther "
    "Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Yildiz Großmann",
    "french": "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Laurent "
    "Lefèvre Michel Garnier Faure Rousseau Blanc Guérin Müller Henry Roussel Mathieu Gautier "
    "Masson Marchand Duval Denis Dumont Lemaire Noël Barbier Brun Giraud Aubert Benali Traoré",
    "spanish": "García González Rodríguez Fernández López Martínez Sánchez Pérez Gómez Martín "
    "Jiménez Ruiz Hernández Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres "
    "Domínguez Vázquez Ramos Gil Ramírez Serrano Blanco Molina Núñez Castro Ortega Rubio Ibáñez",
}

CULTURES: tuple[str, ...] = tuple(_FIRST)


def _table(words: dict[str, str]) -> tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...]]:
    """Flatten per-culture words to one list with each culture's start and length."""
    flat: list[str] = []
    start: list[int] = []
    size: list[int] = []
    for culture in CULTURES:
        own = [word.replace("_", " ") for word in words[culture].split()]
        start.append(len(flat))
        size.append(len(own))
        flat.extend(own)
    return tuple(flat), tuple(start), tuple(size)


def ascii_slug(text: str) -> str:
    """Lower-case ASCII letters only, as an address spells a name ("van Dijk" -> "vandijk")."""
    spelled = text.replace("ß", "ss").lower()
    folded = unicodedata.normalize("NFKD", spelled)
    return "".join(char for char in folded if char.isascii() and char.isalnum())


FIRST_NAMES, FIRST_START, FIRST_SIZE = _table(_FIRST)
LAST_NAMES, LAST_START, LAST_SIZE = _table(_LAST)
FIRST_SLUGS: tuple[str, ...] = tuple(ascii_slug(name) for name in FIRST_NAMES)
LAST_SLUGS: tuple[str, ...] = tuple(ascii_slug(name) for name in LAST_NAMES)

FREE_MAIL: tuple[str, ...] = (
    "gmail.com",
    "outlook.com",
    "yahoo.com",
    "hotmail.com",
    "aol.com",
    "icloud.com",
    "gmx.de",
    "web.de",
    "ziggo.nl",
    "btinternet.com",
)
FREE_MAIL_SHARE: tuple[float, ...] = (0.36, 0.14, 0.14, 0.14, 0.06, 0.05, 0.04, 0.03, 0.02, 0.02)
DISPOSABLE_MAIL: tuple[str, ...] = ("mailinator.com", "guerrillamail.com", "yopmail.com")
ROLE_LOCALS: tuple[str, ...] = ("info", "sales", "office", "contact", "hello", "admin")
PLACEHOLDER_EMAILS: tuple[str, ...] = (
    "test@test.com",
    "n/a",
    "none@none.com",
    "noemail@example.com",
    "asdf@asdf.com",
    "unknown",
)
PLACEHOLDER_PHONES: tuple[str, ...] = ("0000000000", "n/a", "1234567890", "999999999", "-", "none")
