"""Words for the sample shop. None of them is a real person, street or product."""

FIRST_NAMES = ["Ana", "Bo", "Chiara", "Daan", "Eszter", "Fatima", "Göran", "Hana", "Ioan", "Jürgen", "Kwame", "Léa", "Mikołaj", "Ngozi", "Ólafur", "Pia", "Quang",
               "Rosa", "Søren", "Tomás", "Ursula", "Vera", "Wim", "Ximena", "Yusuf", "Zoë", "Алексей", "美咲", "Ирина", "Θεοδώρα"]
LAST_NAMES = ["Ångström", "Brown", "Çelik", "D'Angelo", "Eriksen", "Fischer", "García", "Horváth", "Ivanova", "Jensen", "Kowalski", "Larsson", "Müller", "Nguyen",
              "O'Neill", "Papadopoulos", "Quispe", "Rossi", "Šimić", "Tanaka", "van der Berg", "Władysław", "山田", "Петров"]
STREETS = ["Oak Lane", "Rue de l'Église", "Große Straße", "Calle Mayor", "Harbour \"Quay\"", "Świętokrzyska", "Main Street", "桜通り"]
CITIES = ["Bergen", "Gdańsk", "Köln", "León", "Malmö", "Nîmes", "Porto", "Reykjavík", "Zürich", "札幌"]
COUNTRIES = [("BE", "Belgium", "EUR", True), ("BR", "Brazil", "BRL", False), ("CH", "Switzerland", "CHF", False), ("CI", "Côte d'Ivoire", "XOF", False),
             ("DE", "Germany", "EUR", True), ("ES", "Spain", "EUR", True), ("FR", "France", "EUR", True), ("IS", "Iceland", "ISK", False),
             ("JP", "Japan", "JPY", False), ("NO", "Norway", "NOK", False), ("PL", "Poland", "PLN", True), ("AQ", "Antarctica", None, False)]
CATEGORIES = [(1, None, "Everything"), (2, 1, "House"), (3, 1, "Garden"), (4, 2, "Kitchen"), (5, 2, "Bath"), (6, 4, "Knives"), (7, 3, "Seeds and bulbs"), (8, 3, "Tools")]
ADJECTIVES = ["Blue", "Small", "Heavy", "Folding", "Oiled", "Quiet", "Striped", "Double", "Winter", "Plain"]
NOUNS = ["kettle", "rake", "towel", "bread knife", "lamp", "watering can", "stool", "bulb box", "apron", "tray", "clock", "basket"]
TAGS = ["new", "sale", "gift", "handmade", "wood", "steel", "fragile", "last one", "für draußen", "☀️", "it's", "a,b"]
SENTENCES = ["Works as it should.", "It came late, but it came.", "The handle is loose.", "A present for my aunt, who liked it.", "Not the colour of the picture!",
             "Would buy again.", "Smaller than I thought.", "Nach zwei Wochen kaputt.", "とても良いです。", "5/5 👍🏽"]

# What breaks careless programs: quoting, line ends, other scripts, combining and invisible characters, an empty string, template braces.
AWKWARD_TEXTS = ["", " ", "it's", 'she said "no"', "back\\slash", "line\nbreak", "tab\tstop", "carriage\rreturn", "a{b}c", "{{id}}", "100 % ; -- '", "NULL", "0",
                 "café", "cafe\u0301", "\U0001F469\u200D\U0001F469\u200D\U0001F467", "שלום עולם", "\u202eright to left\u202c", "zero\u200bwidth", "\U0001F1E7\U0001F1EA",
                 "\u001b[31mred\u001b[0m", "\u007f", "nul\u0000byte", "\ufeffbom", "\U0010FFFF", "</script>", "a#b|c/d", "x" * 3000]
