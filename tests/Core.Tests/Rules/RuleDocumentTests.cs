using System.Reflection;
using System.Text.RegularExpressions;
using LdapSync.Core.Planning;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Core.Tests.Rules;

/// <summary>
/// docs/rules.md explains every rule with an example and links the tests that show it. Tests name rules by <c>[Trait("Rule", "U3")]</c>.
/// With LDAPSYNC_WRITE_DOCS=1 the links are written instead of checked.
/// </summary>
public sealed partial class RuleDocumentTests
{
    private static readonly IReadOnlyList<string> All =
    [
        .. Ids('S', 4), .. Ids('U', 9), .. Ids('R', 9), .. Ids('I', 2), .. Ids('L', 3), .. Ids('N', 6), .. Ids('G', 3),
    ];

    /// <summary>Rules whose tests are still to come. To be empty.</summary>
    private static readonly IReadOnlyList<string> WithoutTests = [];

    private static readonly string Page = Path.Combine(Repository.Root, "docs", "rules.md");

    private static readonly Lazy<ILookup<string, string>> Tests = new(FindTests);

    [Fact]
    public void Page_EveryRule_IsExplainedWithAnExample()
    {
        var sections = Sections();

        Assert.Equal(All, sections.Select(section => section.Id));
        Assert.All(sections, section => Assert.True(section.Text.Contains("*Example.*", StringComparison.Ordinal), $"{section.Id} has no example."));
    }

    [Fact]
    public void Code_RuleOfThePlan_IsOneOfThePage() =>
        Assert.All(
            typeof(Rule).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!), id => Assert.Contains(id, All));

    [Fact]
    public void Tests_RuleThatTheyName_IsOneOfThePage() =>
        Assert.All(Tests.Value, rule => Assert.True(All.Contains(rule.Key), $"{string.Join(", ", rule)} names the unknown rule {rule.Key}."));

    [Fact]
    public void Rules_Each_HasATest() =>
        Assert.All(All.Except(WithoutTests), id => Assert.True(Tests.Value[id].Any(), $"No test names the rule {id}."));

    [Fact]
    public void Page_Links_LeadToTestsOfTheRule()
    {
        if (Environment.GetEnvironmentVariable("LDAPSYNC_WRITE_DOCS") == "1")
        {
            File.WriteAllText(Page, Written());
        }

        Assert.All(Sections(), section =>
        {
            var linked = Links().Matches(section.Text).Select(link => link.Groups[1].Value).ToList();
            Assert.True(linked.Count > 0 || !Tests.Value[section.Id].Any(), $"{section.Id} has tests, and links none: run with LDAPSYNC_WRITE_DOCS=1.");
            Assert.All(linked, link => Assert.True(Tests.Value[section.Id].Contains(link), $"{section.Id}: {link} has no test of this rule."));
        });
    }

    private static IEnumerable<string> Ids(char group, int count) => Enumerable.Range(1, count).Select(number => $"{group}{number}");

    private static List<(string Id, string Text)> Sections() =>
        [.. Headings().Split(File.ReadAllText(Page)).Skip(1).Chunk(2).Select(pair => (pair[0], pair[1]))];

    /// <summary>The page with the lines of tests as they are now.</summary>
    private static string Written()
    {
        var page = TestLines().Replace(File.ReadAllText(Page), "");
        return Blocks().Replace(page, block =>
        {
            var links = Tests.Value[block.Groups[1].Value].Select(path => $"[{Path.GetFileNameWithoutExtension(path)}](../{path})").ToList();
            return links.Count == 0 ? block.Value : $"{block.Value.TrimEnd('\n')}\n\n*Tests:* {string.Join(", ", links)}\n\n";
        }).TrimEnd('\n') + "\n";
    }

    /// <summary>Files of tests by rule.</summary>
    private static ILookup<string, string> FindTests() => Directory.EnumerateDirectories(Path.Combine(Repository.Root, "tests"), "*.Tests")
        .SelectMany(project => Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .SelectMany(file => Traits().Matches(File.ReadAllText(file)).Select(trait => trait.Groups[1].Value).Distinct()
            .Select(id => (Id: id, Path: Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))))
        .ToLookup(found => found.Id, found => found.Path, StringComparer.Ordinal);

    [GeneratedRegex("""^\s*\[(?:Fact, |Theory, )?Trait\("Rule", "([^"]*)"\)""", RegexOptions.Multiline)]
    private static partial Regex Traits();

    [GeneratedRegex(@"^### ([A-Z]\d+) ", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex(@"^### ([A-Z]\d+) .*\n(?:(?!#).*\n?)*", RegexOptions.Multiline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"\n\*Tests:\*.*\n", RegexOptions.Multiline)]
    private static partial Regex TestLines();

    [GeneratedRegex(@"\]\(\.\./(tests/[^)]+)\)")]
    private static partial Regex Links();
}
