using LdapSync.Core.Entries;

namespace LdapSync.Core.Mapping;

/// <summary>Reads the fields of one entry; keeps the first problem and reads on as if the field were empty.</summary>
internal sealed class EntryFields(DirectoryEntry entry)
{
    public const int NameLength = 256;
    public const int OtherLength = 512;

    public EntryProblem? Problem { get; private set; }

    public string Id(string field, string attribute)
    {
        if (AttributeValues.Single(entry, attribute) is not { } value || LdapId.FromOctets(attribute, value.Span) is not { } id)
            return Missing(field, attribute);
        return Limited(field, attribute, id, OtherLength);
    }

    /// <summary>A required text, trimmed.</summary>
    public string Required(string field, string attribute) =>
        Text(field, attribute, NameLength) is { } text && text.Trim() is { Length: > 0 } trimmed ? trimmed : Missing(field, attribute);

    /// <summary>An optional text, verbatim; null where it is not mapped, not there or blank.</summary>
    public string? Optional(string field, string attribute)
    {
        if (attribute.Length == 0)
            return null;
        var text = Text(field, attribute, OtherLength);
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    public DateTimeOffset Time(string field, string attribute)
    {
        if (AttributeValues.Single(entry, attribute) is not { } value)
        {
            Missing(field, attribute);
            return default;
        }

        if (!GeneralizedTime.TryParse(AttributeValues.PrintableText(value.Span), out var time))
            Fail(field, attribute, $"The value of {attribute} is not a generalized time such as 20260102030405Z; name an attribute that is one, e.g. whenChanged or modifyTimestamp.");
        return time;
    }

    public bool Enabled(AccountStatus status, DateTimeOffset now)
    {
        if (!status.TryRead(entry, now, out var enabled, out var unreadable))
            Fail("users.status", unreadable, $"{unreadable} cannot be understood (not a number, not a time, or not decidable), so it is not known whether the account is enabled; correct the entry or the settings.");
        return enabled;
    }

    private string? Text(string field, string attribute, int maximum)
    {
        if (AttributeValues.Single(entry, attribute) is not { } value)
            return null;
        if (AttributeValues.PrintableText(value.Span) is { } text)
            return Limited(field, attribute, text, maximum);
        Fail(field, attribute, $"The value of {attribute} is not text, or has control characters in it; correct the entry.");
        return "";
    }

    private string Limited(string field, string attribute, string text, int maximum)
    {
        if (text.Length > maximum)
            Fail(field, attribute, $"The value of {attribute} is longer than {maximum} characters; shorten it in the directory.");
        return text;
    }

    private string Missing(string field, string attribute)
    {
        Fail(field, attribute, $"The entry has no value for {attribute}; give it one, or name another attribute in {field}.");
        return "";
    }

    private void Fail(string field, string attribute, string message) =>
        Problem ??= new EntryProblem(entry.DistinguishedName, field, attribute, message);
}
