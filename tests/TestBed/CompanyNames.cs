using System.Text;

namespace LdapSync.TestBed;

/// <summary>What the made-up company and its people are called.</summary>
internal static class CompanyNames
{
    public static readonly CompanyDepartment[] Departments =
    [
        new("Engineering", 20), new("Production", 18), new("Sales, Europe", 12), new("Sales, Overseas", 8), new("Research+Development", 9),
        new("Kundendienst Zürich", 8), new("Purchasing", 5), new("Logistics", 7), new("Finance", 4), new("Human Resources", 3),
        new("Legal & Compliance", 2), new("IT", 5), new("Qualität", 3), new("Direction générale", 1),
    ];

    public static readonly string[] Firms = ["Example Corp", "Example Health", "Example Labs", "Example Énergie"];

    public static readonly string[] Titles =
    [
        "Engineer", "Senior Engineer", "Analyst", "Technician", "Accountant", "Consultant", "Project Manager", "Team Lead", "Buyer", "Assistant",
        "Head of Department", "Specialist",
    ];

    public static readonly string[] Projects =
    [
        "Atlas", "Borealis", "Corona", "Delta+", "Equinox", "Föhn", "Gotthard", "Horizon", "Ígor", "Jura", "Kepler", "Lötschberg", "Matterhorn",
        "Nordlicht", "Orion", "Pluto", "Quartz", "Rhône", "Säntis", "Titan", "Ural", "Vega", "Wallis", "Xenon", "Ypsilon", "Zenit",
    ];

    public static readonly string[] GivenNames =
    [
        "Anna", "Ben", "Chloé", "David", "Emma", "Felix", "Grace", "Hugo", "Inês", "Jan", "Karin", "Luca", "Mia", "Noah", "Olga", "Paul", "Rita", "Sven",
        "Tara", "Uwe", "Vera", "Wim", "Xenia", "Yann", "Zoë", "Jürgen", "Søren", "Łukasz", "José", "Åsa", "Seán", "Günther", "Nadège", "Tomáš", "Ülkü",
    ];

    public static readonly string[] Surnames =
    [
        "Adler", "Becker", "Costa", "Dupont", "Evans", "Fischer", "García", "Huber", "Ivanov", "Jensen", "Keller", "López", "Müller", "Novák", "Olsen",
        "Petrov", "Quinn", "Rossi", "Schmidt", "Tanaka", "Ueda", "Virtanen", "Weber", "Xu", "Young", "Zimmermann", "Åberg", "O'Brien", "D'Arcy",
        "Strauß", "Żółć", "van der Berg", "Ægisson", "Đorđević", "Meyer-Lüthi",
    ];

    /// <summary>Names that break careless software; the first people whom the company hired.</summary>
    public static readonly (string GivenName, string Surname)[] Unusual =
    [
        ("太郎", "山田"), ("Ольга", "Петрова"), ("Αλέξανδρος", "Παπαδόπουλος"), ("محمد", "العلي"), ("Ngọc Ánh", "Lương"), ("Back", "Sl\\ash"),
        ("Plus", "One+Two"), ("Jane \"JJ\"", "Doe"), ("Martin", "King, Jr."), ("Semi", "Co;lon"), ("Angle", "<Bracket>"), ("#1", "Support"),
        ("Star", "(Aster*isk)"), ("Equal", "x=y"), ("Emoji", "🙂 Smile"),
    ];

    // Normalization would take accents off, but is off itself where globalization is invariant.
    private const string Accented = "áàäåãâąçčćďđéèëêěęíìîïıłñńňóòöôõøřšśşťúùüûůýžźż";
    private const string Plain = "aaaaaaacccddeeeeeeiiiiilnnnoooooorssstuuuuuyzzz";

    /// <summary>A name in lower-case ASCII letters, apostrophes and hyphens, as logins and mail addresses want it; empty where nothing is left.</summary>
    public static string Fold(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var letter in name.ToLowerInvariant())
        {
            folded.Append(letter switch
            {
                >= 'a' and <= 'z' or '\'' or '-' => letter.ToString(),
                'ß' => "ss",
                'æ' => "ae",
                _ when Accented.IndexOf(letter) is var found and >= 0 => Plain[found].ToString(),
                _ => "",
            });
        }

        return folded.ToString();
    }
}
