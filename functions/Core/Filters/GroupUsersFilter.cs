using System.Text;
using LdapSync.Core.Mapping;

namespace LdapSync.Core.Filters;

/// <summary>
/// The filter for the users of one group, with macros that stand for that group (rules S1, S2):
/// <c>[#LDAPGroupDN#]</c>, <c>[#LDAPGroupName#]</c>, <c>[#LDAPGroupIdentity#]</c>, in any case, each only where a value may stand.
/// </summary>
public sealed class GroupUsersFilter
{
    private const string Open = "[#";
    private const string Close = "#]";

    // Begins with an escape, which is legal in a value and nowhere else: a macro in an attribute's place does not parse.
    private const string Sample = "\\73ample";

    private readonly IReadOnlyList<Segment> segments;

    private GroupUsersFilter(IReadOnlyList<Segment> segments) => this.segments = segments;

    private enum Macro
    {
        None,
        LDAPGroupDN,
        LDAPGroupName,
        LDAPGroupIdentity,
    }

    /// <summary>The macros as they are written.</summary>
    public static IReadOnlyList<string> MacroNames { get; } =
        [.. Enum.GetValues<Macro>()[1..].Select(macro => Open + macro + Close)];

    /// <summary>Whether the template has any macro; without one it gives every group the same users.</summary>
    public bool HasMacro => segments.Any(segment => segment.Macro != Macro.None);

    /// <summary>Reads a template.</summary>
    /// <exception cref="FilterSyntaxException">An unknown macro, or not a filter; the position refers to the template.</exception>
    public static GroupUsersFilter Parse(string template)
    {
        var filter = new GroupUsersFilter(Split(template));
        var expanded = filter.Write(_ => Sample);
        if (!LdapFilter.TryParse(expanded, out _, out var error))
            throw new FilterSyntaxException(error.Problem, template, filter.InTemplate(error.Position));
        return filter;
    }

    /// <summary>The filter for one group, in string form.</summary>
    /// <param name="group">The group.</param>
    /// <param name="id">The group's id as octets where they are not its text (GUID, SID; see <see cref="LdapId.ToOctets"/>); null: its text.</param>
    public string Expand(MappedGroup group, ReadOnlyMemory<byte>? id = null) => Write(macro => macro switch
    {
        Macro.LDAPGroupDN => FilterEscape.Escape(group.DistinguishedName),
        Macro.LDAPGroupName => FilterEscape.Escape(group.Name),
        _ => id is { } octets ? FilterEscape.Escape(octets.Span) : FilterEscape.Escape(group.LdapId),
    });

    /// <summary>The filter for one group whose id was read from <paramref name="groupIdAttribute"/>, which tells whether it is binary.</summary>
    public string Expand(MappedGroup group, string groupIdAttribute)
    {
        var octets = LdapId.ToOctets(groupIdAttribute, group.LdapId);
        var isText = octets.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(group.LdapId));
        return Expand(group, isText ? default(ReadOnlyMemory<byte>?) : octets);
    }

    /// <summary>Reads a template and expands it for one group.</summary>
    /// <exception cref="FilterSyntaxException">As <see cref="Parse"/>.</exception>
    public static string Expand(string template, MappedGroup group, ReadOnlyMemory<byte>? id = null) => Parse(template).Expand(group, id);

    private static List<Segment> Split(string template)
    {
        var segments = new List<Segment>();
        var position = 0;
        while (template.IndexOf(Open, position, StringComparison.Ordinal) is >= 0 and var open)
        {
            var nameStart = open + Open.Length;
            var close = template.IndexOf(Close, nameStart, StringComparison.Ordinal);
            if (close < 0)
                throw new FilterSyntaxException($"The macro is not closed with {Close}", template, open);
            var macro = Named(template[open..(close + Close.Length)]);
            if (macro == Macro.None)
                throw new FilterSyntaxException($"There is no such macro; known are {string.Join(", ", MacroNames)}", template, open);
            segments.Add(new Segment(position, template[position..open], Macro.None));
            segments.Add(new Segment(open, "", macro));
            position = close + Close.Length;
        }

        segments.Add(new Segment(position, template[position..], Macro.None));
        return segments;
    }

    private static Macro Named(string text) => Enum.GetValues<Macro>()
        .FirstOrDefault(macro => text.Equals(Open + macro + Close, StringComparison.OrdinalIgnoreCase));

    private string Write(Func<Macro, string> value)
    {
        var text = new StringBuilder();
        foreach (var segment in segments)
            text.Append(segment.Macro == Macro.None ? segment.Text : value(segment.Macro));
        return text.ToString();
    }

    private int InTemplate(int position)
    {
        foreach (var segment in segments)
        {
            var length = segment.Macro == Macro.None ? segment.Text.Length : Sample.Length;
            if (position < length)
                return segment.Macro == Macro.None ? segment.Start + position : segment.Start;
            position -= length;
        }

        return segments[^1].Start + segments[^1].Text.Length;
    }

    private sealed record Segment(int Start, string Text, Macro Macro);
}
